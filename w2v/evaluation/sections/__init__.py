"""What was found, laid out once for the terminal, Markdown and the page.

outline   the sections of all suites, facts on vector files, what to cite
overview  the first score of every set
kinds     a line for each kind of suite; analogies, pairs, categories, outliers, geometry, bias: a module each
scores    the layout of kinds with one score for each set
comparison, replicates, conventions, sensitivity, gensim_check: studies of scores, a module each
"""

from __future__ import annotations

from w2v.evaluation.sections.comparison import comparison_section
from w2v.evaluation.sections.conventions import conventions_section
from w2v.evaluation.sections.gensim_check import gensim_section
from w2v.evaluation.sections.outline import citations, facts, report_sections, scores_at_a_glance, words_document
from w2v.evaluation.sections.replicates import replicates_section
from w2v.evaluation.sections.sensitivity import sensitivity_section

__all__ = ["citations", "comparison_section", "conventions_section", "facts", "gensim_section", "replicates_section"]
__all__ += ["report_sections", "scores_at_a_glance", "sensitivity_section", "words_document"]
