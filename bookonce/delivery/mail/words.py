"""The texts of mails: tables in English by key, translated by the catalogues."""

from __future__ import annotations

from collections.abc import Mapping

from bookonce.foundation import translation


class WordTable:
    """The texts of one composer, by key."""

    def __init__(self, english: Mapping[str, str]) -> None:
        self._english = english
        self._said: dict[str, Mapping[str, str]] = {}

    def in_language(self, language: str) -> Mapping[str, str]:
        """The texts in the language of this tag; in English where there is no catalogue."""
        spoken = spoken_in(language)
        if spoken not in self._said:
            said = {key: translation.translate(spoken, text) for key, text in self._english.items()}
            self._said[spoken] = said
        return self._said[spoken]


def language_of(own: str, otherwise: str) -> str:
    """The tag ``own`` where its language has a catalogue, else ``otherwise``."""
    return own if spoken_in(own) in translation.available_languages() else otherwise


def spoken_in(language: str) -> str:
    """The language of a tag: ``de`` of ``de-CH``."""
    return language.partition("-")[0].lower()
