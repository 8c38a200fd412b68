"""Long short-term memory (Hochreiter and Schmidhuber, 1997), in both directions.

Shapes: t time steps, n sequences, i numbers a step, h hidden. Gates stand in the order of Paddle and oneDNN: input,
forget, candidate, output.
"""

from paddock.accelerate.library import Arg, Handle, Prop, Query
from paddock.accelerate.program import Memory
from paddock.accelerate.tape import Tape, Value

NUM_GATES = 4
_BOTH_DIRECTIONS, _OVERWRITE_GRADIENTS = 3, 1
_ROW_MAJOR = "abc"


def lstm(tape: Tape, x: Value, of_input: Value, of_state: Value, bias: Value) -> Value:
    """One layer; states begin at zero.

    Shape:
        x ``[t, n, i]``; of_input ``[1, 2, i, 4, h]``; of_state ``[1, 2, h, 4, h]``; bias ``[1, 2, 4, h]``;
        out ``[t, n, 2 * h]``, forward before backward
    """
    library, program = tape.library, tape.program
    num_steps, num_sequences, _ = x.shape
    learned = (of_input, of_state, bias)
    has_gradient = x.has_gradient or any(value.has_gradient for value in learned)
    shape = num_steps, num_sequences, 2 * of_state.shape[2]
    y = Value(program.array(shape, _ROW_MAJOR), has_gradient)
    weights = library.layout(of_input.shape, "any"), library.layout(of_state.shape, "any"), None, None
    ends = y.memory.layout, None, None
    arrays = x.memory.layout, None, None, *weights, bias.memory.layout, *ends
    prop = Prop.TRAINING if has_gradient else Prop.INFERENCE
    forward = library.describe("lstm_forward", int(prop), _BOTH_DIRECTIONS, *arrays, 0, None)
    given = {Arg.SRC: x.memory, Arg.BIAS: bias.memory}
    workspace = {Arg.WORKSPACE: program.workspace(forward)} if has_gradient else {}
    program.run("lstm", forward, given | _weights(tape, forward, of_input, of_state) | {Arg.DST: y.memory} | workspace)

    def append_backward(gradient: Memory) -> None:
        backward = library.describe(
            "lstm_backward", int(Prop.BACKWARD), _BOTH_DIRECTIONS, *arrays, *arrays, _OVERWRITE_GRADIENTS, forward, None
        )
        found = {
            Arg.DIFF_SRC: program.array(x.shape, x.memory.layout),
            Arg.DIFF_WEIGHTS: program.array(of_input.shape, library.chosen(backward, Query.DIFF_WEIGHTS)),
            Arg.DIFF_WEIGHTS_1: program.array(of_state.shape, library.chosen(backward, Query.DIFF_WEIGHTS, 1)),
            Arg.DIFF_BIAS: program.array(bias.shape, bias.memory.layout),
        }
        known = given | _weights(tape, backward, of_input, of_state) | {Arg.DST: y.memory} | workspace
        program.run("lstm backward", backward, known | {Arg.DIFF_DST: gradient} | found)
        for value, memory in zip((x, *learned), found.values(), strict=True):
            if value.has_gradient:
                tape.give_gradient(value, memory)

    tape.owe(y, append_backward)
    return y


def _weights(tape: Tape, descriptor: Handle, of_input: Value, of_state: Value) -> dict[Arg, Memory]:
    chosen = [tape.library.chosen(descriptor, Query.WEIGHTS, index) for index in range(2)]
    return {
        Arg.WEIGHTS: tape.program.reordered(of_input.memory, chosen[0]),
        Arg.WEIGHTS_1: tape.program.reordered(of_state.memory, chosen[1]),
    }
