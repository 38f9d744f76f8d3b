"""The words of the demo's synthetic text: the planted words, and the words that occur near them.

A section has pairs of words that differ in one thing (king and queen are side 0 and side 1); for each pair, topic words
that occur near both words of the pair (throne, crown); markers, which occur near all words of one side (he, she); and
templates of sentences. In a template, `{w}` is the planted word, `{t}` one of its topic words, `{marker}` a marker of
its side, and `{n}`, `{a}` and `{v}` are a noun, an adjective and a verb that fill the sentence. Both sides use the same
templates, so only the markers distinguish the sides, and only the topic words distinguish the pairs. No template
contains two planted words. world.py makes the sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["BACKGROUND", "SECTIONS", "Section"]


@dataclass(frozen=True)
class Section:
    """One planted relation.

    pairs: (word of side 0, word of side 1) → the topic words of both.
    markers: the slot of a template → (words of side 0, words of side 1).
    """

    name: str
    pairs: Mapping[tuple[str, str], tuple[str, ...]]
    markers: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    templates: tuple[str, ...]


def _pairs(table: str) -> dict[tuple[str, str], tuple[str, ...]]:
    rows = (line.split(": ") for line in table.strip().splitlines())
    return {(pair.split()[0], pair.split()[1]): tuple(topics.split()) for pair, topics in rows}


def _markers(**slots: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    sides = {slot: text.split(" | ") for slot, text in slots.items()}
    return {slot: (tuple(first.split()), tuple(second.split())) for slot, (first, second) in sides.items()}


GENDER = Section(
    name="royalty-and-gender",
    pairs=_pairs(
        """
man woman: neighbour coat job street newspaper
king queen: throne crown royal reign palace
prince princess: heir castle ball tutor rescue
duke duchess: estate royal title manor ball
emperor empress: empire dynasty throne provinces conquest
boy girl: school toys lessons playground homework
father mother: family children home cradle dinner
son daughter: family birth school parents inheritance
brother sister: family parents twin bedroom quarrel
uncle aunt: family cousins visit letters holiday
grandfather grandmother: family memories children armchair stories
husband wife: marriage wedding home ring anniversary
actor actress: stage film theatre role audience
waiter waitress: menu restaurant tray kitchen customers
wizard witch: spell potion magic cauldron raven
monk nun: prayer abbey silence candles garden
host hostess: guests party dinner invitation welcome
hero heroine: legend quest dragon courage stories
"""
    ),
    markers=_markers(
        he="he | she",
        his="his | her",
        him="him himself | her herself",
        sir="sir mister gentleman | madam missus lady",
    ),
    templates=(
        "the {w} said that {he} would keep {his} {t} near the {t}",
        "{he} was a {a} {w} and {his} {t} was a {t}",
        "the {t} of the {w} was {his} {n} and the {t}",
        "a {sir} like the {w} saw {him} at the {t}",
        "{sir} the {w} {v} {his} {t} with the {t}",
        "they told the {w} that {he} {v} the {t} and the {a} {n}",
    ),
)

CAPITALS = Section(
    name="capitals",
    pairs=_pairs(
        """
paris france: french seine wine cathedral
berlin germany: german spree beer autobahn
rome italy: italian tiber pasta opera
madrid spain: spanish flamenco wine olives
lisbon portugal: portuguese tagus cork sardines
vienna austria: austrian danube waltz opera
budapest hungary: hungarian danube paprika goulash
warsaw poland: polish vistula amber dumplings
prague czechia: czech vltava beer puppets
athens greece: greek aegean olives marble
oslo norway: norwegian fjord salmon skis
stockholm sweden: swedish baltic skis saunas
helsinki finland: finnish baltic saunas reindeer
dublin ireland: irish liffey whiskey harp
cairo egypt: egyptian nile pyramids papyrus
moscow russia: russian volga ballet vodka
tokyo japan: japanese sushi samurai kimono
beijing china: chinese silk tea porcelain
ottawa canada: canadian maple hockey salmon
havana cuba: cuban cigars rum salsa
lima peru: peruvian andes llamas silver
nairobi kenya: kenyan safari coffee tea
"""
    ),
    markers=_markers(
        mayor="mayor council citizens suburbs commuters | government parliament army president farmers",
        station="station streets square bridge airport | borders coast provinces mountains countryside",
    ),
    templates=(
        "the {mayor} of {w} {v} the {t} and the {station}",
        "in {w} the {t} {mayor} met a {n} near the {station}",
        "they came to {w} for the {t} and the {a} {station}",
        "the {station} of {w} and its {t} are {a} as the {n}",
        "people in {w} like the {t} and the {n}",
        "from {w} the {mayor} sent {t} to the {n}",
    ),
)

TENSE = Section(
    name="past-tense",
    pairs=_pairs(
        """
walk walked: path shoes park dog
climb climbed: ladder cliff rope summit
jump jumped: fence puddle rope trampoline
dance danced: music waltz floor ballet
paint painted: canvas brush portrait fence
cook cooked: soup stove kitchen spices
sail sailed: boat harbour wind island
plant planted: seeds garden shovel trees
play played: football piano team chess
wash washed: dishes soap laundry bucket
sing sang: song choir music melody
write wrote: novel pen letters poem
swim swam: lake pool beach waves
drive drove: truck motorway wheel garage
ride rode: horse saddle bicycle path
fly flew: plane wings clouds airport
build built: bricks tower bridge hammer
eat ate: soup bread spoon supper
drink drank: water cup juice bottle
teach taught: pupils lessons school grammar
"""
    ),
    markers=_markers(
        today="today tomorrow usually nowadays always | yesterday earlier previously once recently",
        will="will can must should may | then suddenly already finally nearly",
    ),
    templates=(
        "{today} the {n} {will} {w} with the {t} and the {n}",
        "they {will} {w} by the {t} {today} near the {a} {n}",
        "the {a} {n} and the {t} {will} {w} there {today}",
        "{today} some {will} {w} for the {t} of the {n}",
        "we {will} {w} {today} and the {t} {v} the {t}",
        "for the {t} many {will} {w} at the {n}",
    ),
)

COMPARATIVES = Section(
    name="comparatives",
    pairs=_pairs(
        """
big bigger: elephant whale mountain stadium
small smaller: mouse pebble ant seeds
tall taller: tower giraffe ladder trees
fast faster: train rocket cheetah bicycle
slow slower: snail turtle queue tractor
old older: ruins castle fossils parchment
young younger: puppy children lamb sapling
warm warmer: summer blanket stove sunshine
cold colder: winter ice snow glacier
strong stronger: ox wrestler steel rope
bright brighter: lamp star sunshine lightning
dark darker: night cave shadow forest
cheap cheaper: market bargain coupon discount
loud louder: drum thunder siren trumpet
sweet sweeter: honey sugar cake juice
deep deeper: ocean well cave lake
rich richer: banker gold merchant jewels
heavy heavier: anvil stone lead truck
soft softer: pillow wool feather blanket
sharp sharper: knife razor needle thorn
"""
    ),
    markers=_markers(
        very="very quite so rather too | much even far slightly considerably",
        like="like as enough | than",
    ),
    templates=(
        "the {t} is {very} {w} {like} the {n}",
        "one {t} was {very} {w} {like} that {a} {n}",
        "this {n} is {very} {w} {like} any {t} or {t}",
        "it {v} the {very} {w} {t} near the {n}",
        "the {a} {t} looks {very} {w} {like} a {n}",
        "with the {t} they are {w} {like} the {n}",
    ),
)

SECTIONS = (GENDER, CAPITALS, TENSE, COMPARATIVES)

BACKGROUND = (
    "the {a} {n} {v} the {n} of the {n}",
    "a {n} and a {a} {n} {v} in the {n}",
    "there was a {a} {n} that {v} the {a} {n} for the {n}",
    "it {v} the {n} with a {n} by the {a} {n}",
    "they {v} to the {n} and {v} the {a} {n}",
    "in the {n} of the {a} {n} it {v} a {n}",
)
