"""The C API of oneDNN 3, from the ``libdnnl.so.3`` that lies in the paddlepaddle wheel; no compiler needed.

Names and numbers are those of oneDNN's ``dnnl_types.h``.
"""

import ctypes
from collections.abc import Sequence
from ctypes import c_float, c_int, c_int64, c_size_t, c_void_p
from enum import IntEnum, IntFlag
from functools import lru_cache
from pathlib import Path
from sys import is_finalizing
from typing import Any

import paddle

LIBRARY = Path(paddle.__file__).parent / "libs" / "libdnnl.so.3"

MAX_DIMS = 12
_CPU, _IN_ORDER, _FLOAT32, _TAG_ANY, _IMPLEMENTATION = 1, 1, 3, 1, 8

_CACHED_PRIMITIVES, _PRIMITIVES_UNTIL_EMPTIED = 1 << 20, 4096
"""oneDNN shares equal kernels within a program, and with the next one those that do not depend on the input's shape.
In a full cache it searches all of it for the one to drop, which takes longer than to build a program: the cache has no
limit therefore, and is emptied each time so many primitives have been made.
"""

_KEPT_LAYOUTS = 8192
"""Most arrays of a program lie as another one does, and those of weights as in the programs before."""


class UnsupportedError(Exception):
    """oneDNN, this machine or this package cannot compute something; Paddle can."""


class Prop(IntEnum):
    """What a primitive computes."""

    TRAINING = 64
    INFERENCE = 96
    BACKWARD = 128


class Algorithm(IntEnum):
    """Which function a primitive computes."""

    CONVOLUTION_DIRECT = 0x1
    DECONVOLUTION_DIRECT = 0xA
    RELU = 0x20
    LINEAR = 0x26
    HARDSIGMOID = 0x28
    LOGISTIC = 0x29
    HARDSWISH = 0x34
    RELU_FROM_OUTPUT = 0x100
    LOGISTIC_FROM_OUTPUT = 0x104
    POOL_MAX = 0x1FF
    POOL_AVERAGE = 0x2FF
    POOL_AVERAGE_EXCLUDE_PADDING = 0x3FF
    ADD = 0x1FFF0
    MULTIPLY = 0x1FFF1
    SUBTRACT = 0x1FFF5
    NEAREST = 0x2FFF0
    SOFTMAX = 0x30000


class Norm(IntFlag):
    """Options of batch normalization."""

    GLOBAL_STATISTICS = 1
    SCALE = 2
    SHIFT = 4
    RELU = 8


class Arg(IntEnum):
    """What an array is to a primitive."""

    SRC = 1
    SRC_1 = 2
    DST = 17
    WEIGHTS = 33
    WEIGHTS_1 = 34
    BIAS = 41
    MEAN = 49
    VARIANCE = 50
    SCALE = 51
    SHIFT = 52
    WORKSPACE = 64
    DIFF_SRC = 129
    DIFF_DST = 145
    DIFF_WEIGHTS = 161
    DIFF_WEIGHTS_1 = 162
    DIFF_BIAS = 169
    DIFF_SCALE = 255
    DIFF_SHIFT = 256
    PART_0 = 1024
    """The first of several arrays of the same kind; the others follow."""


class Query(IntEnum):
    """Layouts that a primitive descriptor has chosen."""

    SRC = 129
    DIFF_SRC = 130
    WEIGHTS = 131
    DIFF_WEIGHTS = 132
    DST = 133
    WORKSPACE = 135


def part(index: int) -> int:
    """What an array is that a primitive takes several of."""
    return Arg.PART_0 + index


class Argument(ctypes.Structure):
    """``dnnl_exec_arg_t``."""

    _fields_ = [("arg", c_int), ("memory", c_void_p)]


class Handle(c_void_p):
    """A pointer to an object of oneDNN, which is destroyed with its last Python reference.

    A program has thousands: `weakref.finalize` would take as long as oneDNN takes to make them.
    """

    __slots__ = ("destroy",)
    destroy: Any
    """The function of oneDNN that does it."""

    def __del__(self) -> None:
        if self.value and not is_finalizing():  # at the end the engine may have gone first
            self.destroy(self)


def dims(values: Sequence[int]) -> Any:
    """``dnnl_dims_t`` of ``values``."""
    return (c_int64 * MAX_DIMS)(*values)


class OneDnn:
    """A CPU engine with its stream, and what is created on it.

    Raises:
        UnsupportedError: the library is missing, is no version 3, or does not run here.
    """

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL(str(LIBRARY))
            self._library.dnnl_version.restype = ctypes.POINTER(c_int)
            major = self._library.dnnl_version()[0]
        except (OSError, AttributeError) as error:
            raise UnsupportedError(f"oneDNN cannot be loaded: {error}") from error
        if major != 3:
            raise UnsupportedError(f"oneDNN has version {major}, not 3")
        self._library.dnnl_primitive_desc_query_md.restype = c_void_p
        self._library.dnnl_memory_desc_get_size.restype = c_size_t
        self._check("set_primitive_cache_capacity", _CACHED_PRIMITIVES)
        self._num_primitives = 0
        self._engine = self._create("engine_create", "engine_destroy", _CPU, c_size_t(0))
        self._stream = self._create("stream_create", "stream_destroy", self._engine, _IN_ORDER)
        self._execute = self._library.dnnl_primitive_execute
        self._layouts = lru_cache(_KEPT_LAYOUTS)(self._new_layout)

    def layout(self, shape: Sequence[int], tag: str) -> Handle:
        """How an array of float32 lies in memory.

        Args:
            tag: oneDNN's letters, such as ``acdb`` for NHWC, or ``any`` to let a primitive choose.
        """
        return self._layouts(tuple(shape), tag)

    def slice(self, layout: Handle, shape: Sequence[int], start: Sequence[int]) -> Handle:
        """How the part of an array lies that has ``shape`` and begins at ``start``, seen from the array's address."""
        return self._layout("memory_desc_create_submemory", layout, dims(shape), dims(start))

    def num_bytes(self, layout: Handle) -> int:
        """Memory that an array in ``layout`` takes."""
        return int(self._library.dnnl_memory_desc_get_size(layout))

    def same(self, one: Handle, other: Handle) -> bool:
        """Whether two layouts are equal."""
        return bool(self._library.dnnl_memory_desc_equal(one, other))

    def describe(self, kind: str, *arguments: Any) -> Handle:
        """A primitive descriptor.

        Args:
            kind: such as ``convolution_forward``.

        Raises:
            UnsupportedError: oneDNN has no implementation for it.
        """
        return self._create(f"{kind}_primitive_desc_create", "primitive_desc_destroy", self._engine, *arguments)

    def describe_reorder(self, source: Handle, target: Handle) -> Handle:
        """The descriptor of a copy from one layout to another."""
        name = "reorder_primitive_desc_create"
        return self._create(name, "primitive_desc_destroy", source, self._engine, target, self._engine, None)

    def describe_sum(self, result: Handle, summands: Sequence[Handle], factors: Sequence[float]) -> Handle:
        """The descriptor of a weighted sum of arrays.

        Args:
            result: layout of the sum.
            summands: layout of each array.
        """
        count = len(factors)
        weights = (c_float * count)(*factors)
        return self.describe("sum", result, count, weights, _pointers(summands), None)

    def describe_concat(self, result: Handle, parts: Sequence[Handle], axis: int) -> Handle:
        """The descriptor of a concatenation of arrays with these layouts."""
        return self.describe("concat", result, len(parts), axis, _pointers(parts), None)

    def chosen(self, descriptor: Handle, query: Query, index: int = 0) -> Handle:
        """The layout that a primitive chose for one of its arrays, or for one of several of the same kind."""
        pointer = self._library.dnnl_primitive_desc_query_md(descriptor, int(query), index)
        return self._layout("memory_desc_clone", c_void_p(pointer))

    def implementation(self, descriptor: Handle) -> str:
        """Name of the kernel behind a descriptor, such as ``jit:avx512_core``."""
        name = ctypes.c_char_p()
        self._library.dnnl_primitive_desc_query(descriptor, _IMPLEMENTATION, 0, ctypes.byref(name))
        return (name.value or b"").decode()

    def primitive(self, descriptor: Handle) -> Handle:
        """A kernel, ready to run."""
        self._num_primitives += 1
        if self._num_primitives % _PRIMITIVES_UNTIL_EMPTIED == 0:
            for capacity in (0, _CACHED_PRIMITIVES):
                self._check("set_primitive_cache_capacity", capacity)
        return self._create("primitive_create", "primitive_destroy", descriptor)

    def memory(self, layout: Handle) -> Handle:
        """An array without data; `point` says where it lies."""
        return self._create("memory_create", "memory_destroy", layout, self._engine, None)

    def point(self, memory: Handle, address: int) -> None:
        """Let ``memory`` stand for the data at ``address``."""
        self._library.dnnl_memory_set_data_handle(memory, c_void_p(address))

    def then(self, algorithm: Algorithm, alpha: float = 0.0, beta: float = 0.0) -> Handle:
        """Attributes that apply an element-wise function to what a primitive gives."""
        return self._attributes("eltwise", int(algorithm), c_float(alpha), c_float(beta))

    def onto(self) -> Handle:
        """Attributes that add what a primitive gives to what lies there already."""
        return self._attributes("sum", c_float(1), 0, 0)

    def run(self, primitive: Handle, count: int, arguments: Any) -> None:
        """Compute; returns when it is done.

        Raises:
            RuntimeError: oneDNN refuses.
        """
        status = self._execute(primitive, self._stream, count, arguments)
        if status != 0:
            raise RuntimeError(f"oneDNN: a primitive ended with status {status}")

    def _new_layout(self, shape: tuple[int, ...], tag: str) -> Handle:
        if tag == "any":
            return self._layout("memory_desc_create_with_tag", len(shape), dims(shape), _FLOAT32, _TAG_ANY)
        return self._layout("memory_desc_create_with_string_tag", len(shape), dims(shape), _FLOAT32, tag.encode())

    def _attributes(self, kind: str, *arguments: Any) -> Handle:
        chain = self._create("post_ops_create", "post_ops_destroy")
        self._check(f"post_ops_append_{kind}", chain, *arguments)
        attributes = self._create("primitive_attr_create", "primitive_attr_destroy")
        self._check("primitive_attr_set_post_ops", attributes, chain)
        return attributes

    def _layout(self, name: str, *arguments: Any) -> Handle:
        return self._create(name, "memory_desc_destroy", *arguments)

    def _create(self, name: str, destroy: str, *arguments: Any) -> Handle:
        handle = Handle()
        handle.destroy = getattr(self._library, f"dnnl_{destroy}")
        self._check(name, ctypes.byref(handle), *arguments)
        return handle

    def _check(self, name: str, *arguments: Any) -> None:
        status = getattr(self._library, f"dnnl_{name}")(*arguments)
        if status != 0:
            raise UnsupportedError(f"oneDNN: {name} ended with status {status}")


def _pointers(handles: Sequence[Handle]) -> Any:
    return (c_void_p * len(handles))(*[handle.value for handle in handles])
