#!/usr/bin/env bash
# Measures eager PyTorch and Dewpoint in turn on this machine, and writes the table of the README:
#   benches/compare.sh              every case
#   QUICK=1 benches/compare.sh      a second for each case
#   DEVICE=gpu benches/compare.sh   PyTorch on CUDA and Dewpoint on the first GPU; prints the table's lines, and keeps the README
# PYTHON names a Python that has PyTorch; without it, one is made in target/benchmark. Leave the machine alone meanwhile.
set -euo pipefail
cd "$(dirname "$0")/.."
device=${DEVICE:-cpu}
out=target/benchmark/$device
mkdir -p "$out"
python=${PYTHON:-$out/torch/bin/python}
if ! "$python" -c 'import torch' 2>/dev/null; then
    python3 -m venv "$out/torch"
    wheels=()
    [ "$device" = cpu ] && wheels=(--index-url https://download.pytorch.org/whl/cpu)
    "$out/torch/bin/pip" install --quiet torch numpy "${wheels[@]}"
    python=$out/torch/bin/python
fi
yardstick_device=cuda
[ "$device" = cpu ] && yardstick_device=cpu
seconds=${QUICK:-10}
: >"$out/torch.jsonl"
results=
# Of what takes a millisecond a second's worth, not twenty repetitions.
most=1000
# A network and a shape at a time, so that what else the machine does meets both programs alike.
compare() {
    local net=$1 shape=$2 results_of=$out/$1-$2.jsonl
    shift 2
    "$python" benches/yardstick.py --device "$yardstick_device" --seconds "$seconds" --most "$most" --nets "$net" --shapes "$shape" "$@" | tee -a "$out/torch.jsonl"
    cargo bench --quiet --bench gradient_matching -- --device "$device" --seconds "$seconds" --most "$most" --nets "$net" --shapes "$shape" "$@" \
        --against "$out/torch.jsonl" --json "$results_of"
    results+=,$results_of
}
for shape in 1x28x28 3x32x32; do compare convnet "$shape" --ipc 1,10,50; done
for net in mlp lenet alexnet vgg11 resnet18; do
    for shape in 1x28x28 3x32x32; do compare "$net" "$shape" --ipc 1 --cases real,match,train,test; done
done
[ "$device" = cpu ] || exit 0
cargo bench --quiet --bench gradient_matching -- --against "$out/torch.jsonl" --readme README.md --from "${results#,}"
