"""What the server says to people in English, said in another language."""

from server.sentences.catalogue import LANGUAGES, language_of, told

__all__ = ["LANGUAGES", "language_of", "told"]
