"""For which processor kernels are compiled, as far as that can change the bytes of a result."""

from __future__ import annotations

import llvmlite.binding as llvm
import numba

__all__ = ["processor_features"]

FLOAT_FEATURES = frozenset({"avx", "avx2", "fma", "avx512f", "avx512vl", "avx512bw", "avx512dq", "neon", "sve", "sve2"})


def processor_features() -> tuple[str, ...]:
    """Return the instructions on float32 vectors that compiled code may use; NUMBA_CPU_NAME and _FEATURES change them.

    Another processor that $NUMBA_CPU_NAME asks for is named among them.
    """
    if numba.config.CPU_NAME:
        asked = (numba.config.CPU_FEATURES or "").split(",")
        return (numba.config.CPU_NAME, *sorted(FLOAT_FEATURES.intersection(name.removeprefix("+") for name in asked)))
    return tuple(sorted(name for name, has in llvm.get_host_cpu_features().items() if has and name in FLOAT_FEATURES))
