#!/bin/sh
# ./start.sh starts three nodes of own-store on this machine, and ends them with Ctrl-C. ./start.sh n2 starts that node again.
cd "$(dirname "$0")" || exit 1
export PEERS=n1=http://127.0.0.1:7001,n2=http://127.0.0.1:7002,n3=http://127.0.0.1:7003

start() {
  mkdir -p "data/$1"
  NAME=$1 PORT=700${1#n} DATA=data/$1 node store.mjs >>"data/$1/log" 2>&1 &
  echo $! >"data/$1/pid"
}

if [ $# -gt 0 ]; then
  OWN_STORE_WEAK=$(cat data/weak)
  export OWN_STORE_WEAK
  start "$1"
  exit
fi
mkdir -p data
echo "$OWN_STORE_WEAK" >data/weak
for node in n1 n2 n3; do start "$node"; done
trap 'kill $(cat data/n?/pid); exit' INT TERM
while :; do sleep 1; done
