"""The commands as they are declared: their words, options and help, and nothing of their work.

``matcher --help`` reads these modules only. A command imports what it needs when it is called, so that none of them
waits for another's libraries.
"""
