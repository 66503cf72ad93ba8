#!/bin/sh
# A campaign in eight parts on Slurm: sbatch ci/slurm.sh. Every task runs its part and writes to the folder that all share. Slurm starts a
# task that it pre-empted again under the same array, so with the same seed. At the end: npx quorate merge runs --out merged
#SBATCH --job-name=quorate
#SBATCH --array=1-8
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
#SBATCH --requeue
exec npx quorate run --on sim --histories 80000 --out runs
