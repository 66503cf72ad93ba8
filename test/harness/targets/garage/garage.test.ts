import { createPublicKey, verify, createPrivateKey, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Admin, prepareCluster } from "../../../../harness/targets/garage/admin.ts";
import { garageContainer, nodeKey } from "../../../../harness/targets/garage/container.ts";
import { vectorOf } from "../../../../harness/targets/garage/k2v.ts";

describe("nodeKey", () => {
  it("is a key pair: what its first half signs, its second half verifies", () => {
    const { pair, public: half, id } = nodeKey("secret", "n1");
    const secret = createPrivateKey({
      key: Buffer.concat([
        Buffer.from("302e020100300506032b657004220420", "hex"),
        pair.subarray(0, 32),
      ]),
      format: "der",
      type: "pkcs8",
    });
    const open = createPublicKey({
      key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), pair.subarray(32)]),
      format: "der",
      type: "spki",
    });
    expect(verify(null, Buffer.from("m"), open, sign(null, Buffer.from("m"), secret))).toBe(true);
    expect(half.toString("hex")).toBe(id);
    expect(pair).toHaveLength(64);
  });

  it("is the same for the same cluster and node, and another for another node", () => {
    expect(nodeKey("s", "n1").id).toBe(nodeKey("s", "n1").id);
    expect(nodeKey("s", "n1").id).not.toBe(nodeKey("s", "n2").id);
  });
});

const nodeOne = (): ReturnType<typeof garageContainer> =>
  garageContainer({
    place: { node: "n1", address: "10.0.0.2", addresses: ["10.0.0.2", "10.0.0.3"] },
    nodes: ["n1", "n2"],
    settings: {},
    binary: "/soft/garage",
    secret: "s",
  });

describe("a node of Garage", () => {
  it("knows its peers from its configuration, by identity and address", () => {
    const [toml] = nodeOne().files;
    expect(String(toml?.content)).toContain(
      `bootstrap_peers = ["${nodeKey("s", "n2").id}@10.0.0.3:3901"]`,
    );
  });

  it("keeps on a wiped disk what makes it the node that it is", () => {
    const { identity } = nodeOne();
    expect(identity).toEqual(
      ["node_key", "node_key.pub", "cluster_layout", "peer_list"].map(
        (name) => `/data/garage/meta/${name}`,
      ),
    );
  });
});

describe("vectorOf", () => {
  it("takes the pairs out of a token of Garage 2.5.0", () => {
    expect(vectorOf("LHQSZnK28LNMtwikahHokAAAAaIpMQHJYMMawhinGDsAAAGiKTEB0Q")).toEqual({
      "4cb708a46a11e890": 1795987407305n,
      "60c31ac218a7183b": 1795987407313n,
    });
  });
});

describe("prepareCluster", () => {
  it("gives up on nodes that never reach each other, and says which node misses others", async () => {
    const done: string[] = [];
    const admin = (reaches: boolean): Admin =>
      ({
        connect: async () => void done.push("connect"),
        layOut: async () => void done.push("layOut"),
        healthy: async () => reaches,
        importKey: async () => void done.push("importKey"),
        createBucket: async () => void done.push("createBucket"),
      }) as unknown as Admin;
    const peers = [
      { id: "a", address: "10.0.0.2" },
      { id: "b", address: "10.0.0.3" },
    ];
    const clients = { credentials: { accessKeyId: "k", secretAccessKey: "s" }, bucket: "b" };
    await expect(prepareCluster([admin(true), admin(false)], peers, clients, 0)).rejects.toThrow(
      "garage-not-connected: expected a new cluster whose 2 nodes all reach each other within 0 s; got node 2 of the cluster",
    );
    expect(done).toEqual(["connect", "layOut"]);
    await prepareCluster([admin(true), admin(true)], peers, clients, 0);
    expect(done.slice(2)).toEqual(["connect", "layOut", "importKey", "createBucket"]);
  });
});
