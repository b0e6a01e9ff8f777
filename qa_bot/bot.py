"""The whole chain behind one object: open an index once, then ask."""
