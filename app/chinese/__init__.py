"""What the rules and errors say, in Chinese: a catalogue by topic, see `app.told`."""
