"""A toy: words that stand side by side become alike. It shows how little a model needs."""
