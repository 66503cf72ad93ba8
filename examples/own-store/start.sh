#!/bin/sh
# Starts three nodes of own-store on this machine, and ends them with Ctrl-C.
cd "$(dirname "$0")" || exit 1
export PEERS=n1=http://127.0.0.1:7001,n2=http://127.0.0.1:7002,n3=http://127.0.0.1:7003
for i in 1 2 3; do
  mkdir -p "data/n$i"
  NAME=n$i PORT=700$i DATA=data/n$i node store.mjs &
  echo $! > "data/n$i/pid"
done
trap 'kill -CONT $(cat data/n?/pid); kill $(cat data/n?/pid)' INT TERM
wait
