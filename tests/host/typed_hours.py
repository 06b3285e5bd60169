"""Hours as people type them: one table for the server, and for the script that draws them."""

from __future__ import annotations

from bookonce.pages.voice import Voice
from tests import make

RANGES: dict[tuple[str, str], str] = {
    # Both ends, as they come.
    ("09:00", "17:00"): "09:00–17:00",
    ("9", "12"): "09:00–12:00",
    ("9:00 am", "5 pm"): "09:00–17:00",
    ("9am", "5pm"): "09:00–17:00",
    ("9:30 AM", "12:15 P.M."): "09:30–12:15",
    ("9:00\u00a0AM", "5:00\u202fPM"): "09:00–17:00",
    ("9 a.m.", "5 p. m."): "09:00–17:00",
    ("0930", "1745"): "09:30–17:45",
    ("930", "17"): "09:30–17:00",
    ("9.30", "17.45"): "09:30–17:45",
    ("9h30", "17h"): "09:30–17:00",
    ("9 Uhr", "17:30 uhr"): "09:00–17:30",
    (" 8 ", "\t10 "): "08:00–10:00",
    ("12am", "12pm"): "00:00–12:00",
    ("12:30 am", "12:30 pm"): "00:30–12:30",
    ("12pm", "12am"): "12:00–24:00",
    ("18", "0"): "18:00–24:00",
    ("18", "24"): "18:00–24:00",
    ("00:00", "24:00"): "00:00–24:00",
    # Both in one field.
    ("9-12", ""): "09:00–12:00",
    ("9:00 am – 5 pm", ""): "09:00–17:00",
    ("09:00–17:00", ""): "09:00–17:00",
    ("9am-5pm", ""): "09:00–17:00",
    ("9—12", ""): "09:00–12:00",
    # One end says which half of the day.
    ("9", "5 pm"): "09:00–17:00",
    ("2", "5 pm"): "14:00–17:00",
    ("11", "12 pm"): "11:00–12:00",
    ("12", "5pm"): "12:00–17:00",
    ("10:30", "11:30 pm"): "22:30–23:30",
    ("09:00", "10 pm"): "09:00–22:00",
    ("02:00", "5 pm"): "02:00–17:00",
    ("9 am", "5"): "09:00–17:00",
    ("9 am", "12"): "09:00–12:00",
    ("1 pm", "5:30"): "13:00–17:30",
    ("1 pm", "12"): "13:00–24:00",
    ("9 pm", "09:00"): "21:00–09:00",
    # What makes no sense can be read all the same, and is told at its row.
    ("12", "9"): "12:00–09:00",
    ("5 pm", "9 am"): "17:00–09:00",
    ("24:00", "24:00"): "24:00–24:00",
    # What cannot be read.
    ("", ""): "",
    ("9", ""): "",
    ("", "17"): "",
    ("9-", ""): "",
    ("9-12", "17"): "",
    ("9-12-15", ""): "",
    ("noon", "5"): "",
    ("13pm", "17"): "",
    ("0 am", "9"): "",
    ("9:60", "17"): "",
    ("24:01", "25"): "",
    ("9 xm", "17"): "",
    ("٩", "17"): "",
    ("9:5", "17"): "",
}
"""The two fields of a row, and what is read; nothing where they cannot be read."""

LISTS = {
    "": [],
    "9-12, 14:00 – 24:00": ["09:00–12:00", "14:00–24:00"],
    "9am-5pm;18—19": ["09:00–17:00", "18:00–19:00"],
    "9:00 am–12:00 pm, 2–4 pm\n": ["09:00–12:00", "14:00–16:00"],
    "closed": None,
    "9-12, noon": None,
}
"""Several in one field."""

READERS = ("en", "en-US", "en-GB", "en-CA", "en-DK", "en-FI", "de", "de-AT")
"""Some that write their hours each in a way of their own."""

VOICES = [Voice(tag, "Europe/Berlin", make.NOW, clock) for tag in READERS for clock in ("", "12", "24")]

WRITTEN = (0, 5, 540, 719, 720, 725, 810, 1020, 1439, 1440)
"""Minutes after midnight that are written, and read again."""
