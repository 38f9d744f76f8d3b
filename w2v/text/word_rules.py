"""The rules of `--tokenizer words`, as tables: which class a character is of, and which characters continue a word.

The rules follow Unicode's text segmentation (UAX #29, "Word Boundaries") where it helps: `_` and `·` stay inside words,
`.` and `,` between digits, `״` and `"` between Hebrew letters. They differ from it where users of word vectors do: a
hyphen, `&` between letters, and `+`, `++` or `#` after a letter (C++, C#) belong to the word; each Han or Kana
character is a word; emoji and emoticons are words. Everything else, white space aside, is left out and counted.

A word is the longest run of characters that the table STATES allows, from a state in BEGINS to one in ENDS. The kernel
(w2v/kernels/tokenise.py) reads the same tables as arrays (characters.py). Whoever changes a rule raises VERSION: a
token cache that was made by other rules is then not taken for one of these.
"""

from __future__ import annotations

__all__ = [
    "BEGINS",
    "CHARACTERS",
    "CLASSES",
    "EMOJI",
    "EMOTICONS",
    "ENDS",
    "ENDS_BEFORE",
    "NO_END_BEFORE",
    "STATES",
    "TAGS",
    "VERSION",
    "WIDE",
]

VERSION = 2

# The classes of characters, in the order of their numbers. Which characters are letters, digits, marks, Han and Kana
# follows from Unicode's categories and blocks (characters.py).
CLASSES = (
    "space",
    "other",
    "wide",  # punctuation of Chinese and Japanese, which stands between words without a blank
    "letter",
    "digit",
    "hebrew",
    "mark",
    "joiner",
    "connector",
    "number_mark",
    "ampersand",
    "quote",
    "plus",
    "hash",
    "at",
    "single",  # each such character is a word
    "emoji",
    "flag",  # two of these letters make a flag
    "zwj",
)

# The characters of some classes: those that no category of Unicode tells.
CHARACTERS = {
    # ' ’; - ‐ ‑; · ‧ ״; the soft hyphen; and the joiner that Persian and the scripts of India need inside words
    "joiner": "'’-‐‑·‧״\u00ad\u200c",
    "number_mark": ".,٫٬",
    "ampersand": "&",
    "quote": '"',
    "plus": "+",
    "hash": "#",
    "at": "@",
    "zwj": "\u200d",
    "hebrew": "׳",
}
WIDE = "。，、！？；：」』）"

# From a state, by the class of the next character, to the next state. A class alone leads to the state of its name.
_LETTERS = "letter digit hebrew joiner=joint zwj=joint connector=tied"
STATES = {
    "letter": f"{_LETTERS} mark=letter ampersand=and plus=plus hash=sharp",
    "digit": f"{_LETTERS} mark=digit number_mark=point",
    "hebrew": f"{_LETTERS} mark=hebrew ampersand=and quote=double",
    "single": "mark=single",
    "emoji": "mark=emoji zwj=emoji_joint",
    "half_flag": "flag=flag mark=half_flag",
    "flag": "mark=flag",
    "plus": "plus=plus_plus",
    "plus_plus": "",
    "sharp": "",
    "joint": "letter digit hebrew",
    "tied": "letter digit hebrew connector=tied",
    "point": "digit",
    "and": "letter hebrew",
    "double": "hebrew",
    "emoji_joint": "emoji",
    "tag": "letter digit hebrew",
}
BEGINS = "letter digit hebrew single emoji flag=half_flag"
TAGS = "hash=tag at=tag"  # these begin a word too, where --keep-tags asks for it, unless they stand right behind a word
ENDS = ("letter", "digit", "hebrew", "single", "emoji", "half_flag", "flag")  # a word may end here, whatever follows
ENDS_BEFORE = ("plus", "plus_plus", "sharp")  # and here, unless a character of these classes follows:
NO_END_BEFORE = ("letter", "digit", "hebrew", "single", "plus", "hash", "connector")

# Words if white space stands on both sides of them; at most 8 letters of ASCII.
EMOTICONS = (
    ":) :-) :( :-( ;) ;-) :D :-D ;D :P :-P ;P :O :-O :S :X =D =P "
    ":d :-d ;d :p :-p ;p :o :-o :s :x =d =p :/ :-/ :\\ :-\\ :| :-| :* :-* :'( :'-( :') :'-) :] :[ :> :< :3 :$ "
    ":)) :))) :(( :((( =) =( =/ =] =[ ^^ ^_^ ^.^ -_- -.- >:( >:) >.< >_< <3 <33 </3"
)

# Extended_Pictographic of Unicode 17 (emoji-data.txt) from U+231A on, without boxes and arrows: first-last in hex.
EMOJI = """
231A-231B 2328 23CF 23E9-23F3 23F8-23FA 2600-2604 260E 2611 2614-2615 2618 261D 2620 2622-2623 2626 262A 262E-262F
2638-263A 2640 2642 2648-2653 265F-2660 2663 2665-2666 2668 267B 267E-267F 2692-2697 2699 269B-269C 26A0-26A1 26A7
26AA-26AB 26B0-26B1 26BD-26BE 26C4-26C5 26C8 26CE-26CF 26D1 26D3-26D4 26E9-26EA 26F0-26F5 26F7-26FA 26FD 2702 2705
2708-270D 270F 2712 2714 2716 271D 2721 2728 2733-2734 2744 2747 274C 274E 2753-2755 2757 2763-2764 2795-2797 27B0
27BF 2B50 2B55 1F004 1F02C-1F02F 1F094-1F09F 1F0AF-1F0B0 1F0C0 1F0CF-1F0D0 1F0F6-1F0FF 1F170-1F171 1F17E-1F17F 1F18E
1F191-1F19A 1F1AF-1F1E5 1F201-1F20F 1F21A 1F22F 1F232-1F23A 1F23C-1F23F 1F249-1F25F 1F266-1F321 1F324-1F393
1F396-1F397 1F399-1F39B 1F39E-1F3F0 1F3F3-1F3F5 1F3F7-1F3FA 1F400-1F4FD 1F4FF-1F53D 1F549-1F54E 1F550-1F567
1F56F-1F570 1F573-1F57A 1F587 1F58A-1F58D 1F590 1F595-1F596 1F5A4-1F5A5 1F5A8 1F5B1-1F5B2 1F5BC 1F5C2-1F5C4
1F5D1-1F5D3 1F5DC-1F5DE 1F5E1 1F5E3 1F5E8 1F5EF 1F5F3 1F5FA-1F64F 1F680-1F6C5 1F6CB-1F6D2 1F6D5-1F6E5 1F6E9
1F6EB-1F6F0 1F6F3-1F6FF 1F7DC-1F7F0 1F80C-1F80F 1F848-1F84F 1F85A-1F85F 1F888-1F88F 1F8AE-1F8AF 1F8BC-1F8BF
1F8C2-1F8CF 1F8D9-1F8FF 1F90C-1F93A 1F93C-1F945 1F947-1F9FF 1FA58-1FA5F 1FA6E-1FAFF 1FC00-1FFFD
"""
