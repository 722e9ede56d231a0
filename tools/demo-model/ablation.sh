#!/bin/sh
# Trains and evaluates the four variants of the ablation from one coarse phase, with equal numbers of steps.
#   ablation.sh CACHE FOLDER COARSE_MODEL [STEPS]
# CACHE: of dataset.py; COARSE_MODEL: a model.pth written by train.py in or after its coarse phase.
set -eu
cache=$1 folder=$2 start=$3 steps=${4:-400}
here=$(dirname "$0")

variant() {
    name=$1
    shift
    nice -n 19 /usr/bin/python3 "$here/train.py" --config "$here/fovea.yaml" --cache "$cache" --folder "$folder/$name" \
        --start "$start" --steps "$steps" "$@"
    echo "== $name"
    nice -n 19 /usr/bin/python3 "$here/evaluate.py" --generator fundus --config "$here/fovea.yaml" \
        --model "$folder/$name/model.pth" --count 400 --fast "$@"
}

echo "== coarse phase only"
nice -n 19 /usr/bin/python3 "$here/evaluate.py" --generator fundus --config "$here/fovea.yaml" --model "$start" \
    --count 400 --fast --set MODEL.HRNET_ONLY=True
variant one-region --set MODEL.TRIP_ROI=False --set MODEL.CO_ATTEN=False --set MODEL.SELF_ATTEN=False
variant two-regions --set MODEL.CO_ATTEN=False --set MODEL.SELF_ATTEN=False
variant co-attention --set MODEL.SELF_ATTEN=False
variant everything
