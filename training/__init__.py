"""The recipe of the shipped embedding model: ``python -m training`` (see ``README.md`` here).

Needed only to make the model anew, never to run the bot.
"""
