"""Papers that people edit and sign: reports, notices, custody records. One model, drawn as docx, HTML or Markdown."""
