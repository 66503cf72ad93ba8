module quorumregister

go 1.21
