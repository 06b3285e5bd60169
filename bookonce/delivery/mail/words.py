"""The words of mails: tables in English, by key, and the same in every language that there is."""

from __future__ import annotations

from collections.abc import Mapping

from bookonce.foundation import translation


class WordTable:
    """The words of one composer, which names what it needs by key."""

    def __init__(self, english: Mapping[str, str]) -> None:
        self._english = english
        self._said: dict[str, Mapping[str, str]] = {}

    def in_language(self, language: str) -> Mapping[str, str]:
        """The words in this language, whatever its country; in English where there is no such."""
        spoken = spoken_in(language)
        if spoken not in self._said:
            said = {key: translation.translate(spoken, text) for key, text in self._english.items()}
            self._said[spoken] = said
        return self._said[spoken]


def language_of(own: str, otherwise: str) -> str:
    """The language to write in, with its country; where we have no such, the other one."""
    return own if spoken_in(own) in translation.available_languages() else otherwise


def spoken_in(language: str) -> str:
    """The language itself: ``de`` of ``de-CH``."""
    return language.partition("-")[0].lower()
