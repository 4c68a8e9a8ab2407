"""What the server says to people in English, said in another language."""

from server.sentences.catalogue import LANGUAGES, told

__all__ = ["LANGUAGES", "told"]
