# A node's machine: node, and what the nemesis needs inside its network namespace and for its clock.
# The node's program is put in when a container is made, so this image rarely changes.
FROM node:20-bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends iptables iproute2 libfaketime \
 && rm -rf /var/lib/apt/lists/*
CMD ["cat"]
