"""CRNN for oneDNN. Shapes: n pictures, c channels, w columns, which are t time steps, i numbers a step, h hidden."""

from paddle import nn

from paddock.accelerate.convolution import convolution
from paddock.accelerate.library import UnsupportedError
from paddock.accelerate.lowering import lower
from paddock.accelerate.pointwise import add, softmax
from paddock.accelerate.rearranging import joined, viewed
from paddock.accelerate.recurrent import NUM_GATES, lstm
from paddock.accelerate.tape import CHANNELS_LAST, Output, Tape, Value
from paddock.accelerate.window import Window
from paddock.ocr.rec.model import CRNN, CTCHead, SequenceEncoder

_DIRECTIONS = ("", "_reverse")
"""What Paddle appends to the names of an LSTM's weights."""


def lower_crnn(tape: Tape, network: CRNN, images: Value) -> list[Output]:
    """The scores ``[n, t, classes]`` that the network gives.

    Raises:
        UnsupportedError: backbone, neck or head has no counterpart here, or the backbone leaves more than one row.
    """
    if type(network.neck) is not SequenceEncoder or type(network.head) is not CTCHead:
        raise UnsupportedError(f"{type(network.neck).__name__} with {type(network.head).__name__}")
    x = lower(tape, network.backbone, images)
    num_images, channels, height, num_steps = x.shape
    if height != 1:
        raise UnsupportedError(f"a backbone that leaves {height} rows")
    sequence = viewed(tape, x, (num_steps, num_images, channels), "bac")
    encoder = network.neck.encoder.lstm
    for level in range(encoder.num_layers):
        sequence = _bidirectional(tape, encoder, level, sequence)
    scores = _every_step(tape, network.head.fc, sequence)
    if not network.head.training:
        scores = softmax(tape, scores)
    return [Output((scores,), scores.shape)]


def _bidirectional(tape: Tape, encoder: nn.LSTM, level: int, sequence: Value) -> Value:
    """One layer of an LSTM in both directions: ``[t, n, i]`` to ``[t, n, 2 * h]``."""
    of_input, of_state, biases = [], [], []
    for direction in _DIRECTIONS:
        name = f"l{level}{direction}"
        of_input.append(_by_gate(tape, getattr(encoder, f"weight_ih_{name}")))
        of_state.append(_by_gate(tape, getattr(encoder, f"weight_hh_{name}")))
        both = [tape.variable(getattr(encoder, f"bias_{kind}_{name}")) for kind in ("ih", "hh")]
        one, other = (viewed(tape, bias, (1, 1, NUM_GATES, bias.shape[0] // NUM_GATES), "abcd") for bias in both)
        biases.append(add(tape, one, other))
    return lstm(tape, sequence, *(joined(tape, parts, axis=1) for parts in (of_input, of_state, biases)))


def _by_gate(tape: Tape, weight: nn.Layer) -> Value:
    """Paddle's ``[4 * h, i]`` as ``[1, 1, i, 4, h]``."""
    value = tape.variable(weight)
    rows, inputs = value.shape
    return viewed(tape, value, (1, 1, inputs, NUM_GATES, rows // NUM_GATES), "abdec")


def _every_step(tape: Tape, layer: nn.Linear, sequence: Value) -> Value:
    """A linear layer of each time step: ``[t, n, i]`` to ``[n, t, outputs]``."""
    num_steps, num_images, inputs = sequence.shape
    weight = tape.variable(layer.weight)
    outputs = weight.shape[1]
    row = viewed(tape, sequence, (1, inputs, 1, num_steps * num_images), CHANNELS_LAST)
    kernels = viewed(tape, weight, (outputs, inputs, 1, 1), "bacd")
    found = convolution(tape, row, kernels, tape.variable(layer.bias), Window((1, 1), (1, 1), (0, 0)))
    return viewed(tape, found, (num_images, num_steps, outputs), "bac")
