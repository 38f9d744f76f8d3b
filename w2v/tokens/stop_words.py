"""Short lists of the commonest function words, for `--stop-words en` and `--stop-words de`.

Both lists were written for w2v, from the closed classes of the grammars of these languages: articles, pronouns,
prepositions, conjunctions, auxiliary verbs and particles. They are under the licence of w2v.
"""

from __future__ import annotations

__all__ = ["STOP_WORDS"]

STOP_WORDS = {
    "en": """
a an the this that these those i me my mine myself you your yours yourself yourselves he him his himself she her hers
herself it its itself we us our ours ourselves they them their theirs themselves who whom whose which what where when
why how am is are was were be been being have has had having do does did doing will would shall should can could may
might must ought and or nor but if then else than as so because while although though unless until since whether of in
on at by for with without about against between among through during before after above below over under up down out
off into onto from to toward towards upon within near per via not no yes too very just only also even still again once
here there now all any both each every few more most other others another some such same own one ones either neither
don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't couldn't shouldn't haven't hasn't hadn't i'm
you're he's she's it's we're they're i've you've we've they've i'd you'd he'd she'd we'd they'd i'll you'll he'll
she'll we'll they'll that's there's what's who's let's
""",
    "de": """
der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem jener jene jenes jenen
jenem welcher welche welches welchen welchem jeder jede jedes jeden jedem kein keine keinen keinem keiner keines ich
mich mir mein meine meinen meinem meiner meines du dich dir dein deine deinen deinem deiner deines er ihn ihm sein
seine seinen seinem seiner seines sie ihr ihre ihren ihrem ihrer ihres es wir uns unser unsere unseren unserem unserer
euch euer eure euren eurem eurer man sich selbst wer wen wem wessen was wo wann wie warum wohin woher bin bist ist
sind seid war warst waren wart gewesen werde wirst wird werden werdet wurde wurden geworden worden habe hast hat haben
habt hatte hatten gehabt kann kannst können könnt konnte konnten muss musst müssen musste mussten soll sollst sollen
sollte sollten will willst wollen wollte wollten darf dürfen durfte mag mögen möchte und oder aber sondern denn doch
wenn als ob weil dass da damit obwohl während bevor nachdem bis seit sowie sowohl weder noch in im ins an am ans auf
aus bei beim von vom zu zum zur mit ohne nach vor über unter zwischen durch für gegen um neben hinter wegen trotz
statt innerhalb außerhalb nicht nichts ja nein auch nur schon sehr so zu mehr immer hier dort dann nun jetzt wieder
etwa eben mal alle alles allen allem aller andere anderen anderem anderer anderes einige einigen einiger viel viele
vielen wenig wenige manche mancher etwas jemand niemand daran darauf daraus dabei dafür dagegen daher darin darüber
darum davon dazu hin her
""",
}
