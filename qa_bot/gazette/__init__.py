"""Reading source files: bytes in any usual encoding or format → plain text."""
