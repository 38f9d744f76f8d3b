# The commands of daily work: `just NAME`. Without `just`, type the line below the name. docs/contributing.md says more.

# List the commands.
default:
    @just --list

# Check style, format and types: seconds. CI runs the same.
check:
    ruff check . && ruff format --check . && mypy

# Mend style and format where a machine can.
format:
    ruff check --fix . && ruff format .

# Run the quick tests: less than a minute when the kernels are compiled.
test-quick *OPTIONS:
    python -m pytest -m "not slow" {{OPTIONS}}

# Run all tests, in two processes: eight minutes on two quiet cores.
test *OPTIONS:
    python -m pytest -n 2 --dist loadfile {{OPTIONS}}

# Run the programs that vectors are exported for (pip install -e '.[test,stores]'); CI does not.
stores *OPTIONS:
    python -m pytest -m stores {{OPTIONS}}

# Run everything that CI runs, in a fresh virtual environment.
ci:
    .ci/run

# Write the golden files anew after a change of a table that you meant; read the difference before you commit it.
golden:
    W2V_UPDATE_GOLDEN=1 python -m pytest tests/cli/test_golden.py

# Run the benchmark of the name: kernel, glove, tokenise, evaluate, seeds_study, glove_study (benchmarks/README.md).
bench NAME *OPTIONS:
    python -m benchmarks.{{NAME}} {{OPTIONS}}

# Run the hardening script of the name: faults, stops, memory, measure_attacks, attack_gensim, fuzz, toys (hardening/README.md).
harden NAME *OPTIONS:
    python -m hardening.{{NAME}} {{OPTIONS}}

# Make the picture of the README anew; without vectors, that of a small synthetic world.
picture *VECTORS:
    python docs/make_report_picture.py {{VECTORS}}

# Build the site of the docs into ./site; it needs no network (pip install '.[docs]').
site:
    python docs/make_reference.py && sphinx-build -W --keep-going -b html docs site
