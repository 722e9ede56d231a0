#!/bin/sh
# Fits the confidences of a bundled model on generated pictures, and judges them on others:
#
#     tools/demo-model/calibrate.sh fovea FOLDER
#     tools/demo-model/calibrate.sh scleral-spur FOLDER
#
# FOLDER takes the pictures and the predictions; pictures that are there are used again. ZIAN_ARGUMENTS are further options
# of `zian localize`, such as --adapter. Writes models/TASK.calibration.json and docs/images/calibration-TASK.svg. To be done
# again whenever the model has changed (the calibration is bound to its SHA-256); needs a build (npm run build).
set -eu
task=$1
folder=$2
case $task in
  fovea) generator=fundus; count=1000; fit=600; width=560; height=560; limit=0.025 ;;
  scleral-spur) generator=asoct; count=400; fit=250; width=1064; height=500; limit=0.01 ;;
  *) echo "no such task: $task" >&2; exit 2 ;;
esac
cd "$(dirname "$0")/../.."
pictures=$folder/$task
[ -f "$pictures/truth.csv" ] || /usr/bin/python3 tools/demo-model/pictures.py --generator $generator --seed 600000 \
  --count $count --size $width $height --folder "$pictures"
(cd "$pictures" && ls ./*.jpg) | sed "s#^\./#$task/#" > "$folder/all.txt"
head -n $fit "$folder/all.txt" > "$folder/fit.txt"
tail -n +$((fit + 1)) "$folder/all.txt" > "$folder/held-out.txt"
for part in fit held-out; do
  # shellcheck disable=SC2086
  node dist/cli/zian.js localize "$folder/$part.txt" --task "$task" --no-calibration --restart --format jsonl \
    --csv "$folder/$task-$part.jsonl" ${ZIAN_ARGUMENTS-}
done
node dist/cli/zian.js calibrate "$folder/$task-fit.jsonl" "$pictures/truth.csv" -m "models/$task.safetensors" \
  -o "models/$task.calibration.json" --held-out "$folder/$task-held-out.jsonl" "$pictures/truth.csv" \
  --limit $limit --plot "docs/images/calibration-$task.svg"
