#!/usr/bin/env bash
# Trains recipes one after the other on a machine with a GPU, within a time.
#
#     DATA=DIR recipes/flagships.sh NAME ... [-- --field=value ...]
#
# such as `resnet19_ann_cifar10 resnet19_sastc_cifar10`, a teacher before its
# students. What is finished is left out and what was stopped goes on, so that
# the same command is given again until it exits with 0; it exits with 75 when
# the time is up. Fields behind `--` go to every recipe that is named.
#
# DATA    folder of cifar10.npz or cifar100.npz
# WORK    where runs/, the compiler's cache and logs go; default ./flagships
# LIMIT   seconds, of which the last 40 are left for the ending; default: none
# LEAST   seconds without which no recipe is begun, nor gone on with: it has to
#         be compiled first; default 90
# OUT     where finished runs go in parts, for `kerassnn unpack`; default: none
# WHEELS  folder of wheels to install beside the Python that is here
# PYTHON  default python3; it needs JAX for the GPU, NumPy, h5py and absl
set -euo pipefail
repo=$(cd "$(dirname "$0")/.." && pwd)
begun=$SECONDS
names=() fields=()
while (($#)) && [ "$1" != -- ]; do names+=("$1") && shift; done
(($#)) && fields=("${@:2}")
((${#names[@]})) || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2; }
data=$(cd "${DATA:?expected DATA=DIR, the folder of the images}" && pwd)
out=${OUT:+$(mkdir -p "$OUT" && cd "$OUT" && pwd)}
wheels=${WHEELS:+$(cd "$WHEELS" && pwd)}
python=$(command -v "${PYTHON:-python3}")
[[ $python == /* ]] || python=$PWD/$python
mkdir -p "${WORK:=flagships}" && cd "$WORK"

export KERAS_BACKEND=${KERAS_BACKEND:-jax} PYTHONUNBUFFERED=1
# A stopped run need not be compiled again.
export JAX_COMPILATION_CACHE_DIR=${JAX_COMPILATION_CACHE_DIR:-$PWD/cache}
export PYTHONPATH=$repo${PYTHONPATH:+:$PYTHONPATH}
if [ -n "$wheels" ]; then
    [ -d site ] || "$python" -m pip install -q --no-index --no-deps \
        --no-compile --target site "$wheels"/*.whl
    export PYTHONPATH=$PWD/site:$PYTHONPATH
fi
"$python" -c 'from kerassnn.training.environment import environment
print(environment(".")["hardware"], flush=True)'

for name in "${names[@]}"; do
    run=runs/$name/${SEED:-0}
    [ -f "$run/result.json" ] && continue
    options=(--seed="${SEED:-0}" --data_dir="$data" "${fields[@]}")
    if [ -n "${LIMIT:-}" ]; then
        left=$((LIMIT - 40 - SECONDS + begun))
        ((left >= ${LEAST:-90})) || exit 75
        options+=(--stop_after_seconds="$left")
    fi
    if grep -q '^    teacher: str' "$repo/recipes/$name.py"; then
        for seed in 0 "${SEED:-0}"; do  # a teacher of the same seed, if any
            teacher=runs/resnet19_ann_${name##*_}/$seed
            [ ! -f "$teacher/result.json" ] || chosen=$teacher
        done
        [ -z "${chosen:-}" ] || options+=(--teacher="$chosen")
        unset chosen
    fi
    mkdir -p "$run"
    printf '%s: %s\n' "$name" "${options[*]}"
    "$python" "$repo/recipes/$name.py" "${options[@]}" 2>&1 |
        tee -a "$run/log.txt"
    [ -z "$out" ] || "$python" -m kerassnn.cli pack "$run" "$out"
done
