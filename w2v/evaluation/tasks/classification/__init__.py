"""Classification of texts as a kind of suite: a logistic regression on pooled texts, beside a bag of words."""
