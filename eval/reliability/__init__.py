"""What the bot withstands, measured (``docs/reliability.md``)."""
