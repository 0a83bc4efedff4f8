"""The rules and the nouns; standard library only."""
