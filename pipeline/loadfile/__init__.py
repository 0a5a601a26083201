"""Load files of productions: Concordance DAT and Opticon OPT, read as foreign systems write them."""
