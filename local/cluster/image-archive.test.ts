import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mustRun } from "../support/command.ts";
import { parseImageIndex, readImageArchive, writeImageArchive } from "./image-archive.ts";
import { parseImageList, planImageRemoval } from "./image-store.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "image-"));
  mkdirSync(join(folder, "content"));
  writeFileSync(join(folder, "content/program"), "#!/bin/sh\n", { mode: 0o755 });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function write(name: string, archive: string): Promise<string> {
  const file = join(folder, archive);
  await writeImageArchive(
    { name, content: join(folder, "content"), entrypoint: ["/program"], user: "65532" },
    file,
  );
  return file;
}

describe("an image archive", () => {
  it("tells the name and digest that were written", async () => {
    const [image] = await readImageArchive(await write("localhost/project/program:1", "a.tar"));
    expect(image?.name).toBe("localhost/project/program:1");
    expect(image?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("is the same file for the same content, whenever it is written", async () => {
    const first = readFileSync(await write("localhost/project/program:1", "a.tar"));
    utimesSync(join(folder, "content/program"), 1, 1);
    const second = readFileSync(await write("localhost/project/program:1", "b.tar"));
    expect(first.equals(second)).toBe(true);
  });

  it("is refused without a full name", async () => {
    const archive = await write("program", "a.tar");
    await expect(readImageArchive(archive)).rejects.toThrow('names an image "program"');
  });

  it("is refused when it is another kind of archive", async () => {
    const archive = join(folder, "other.tar");
    await mustRun("tar", ["--create", "--file", archive, "--directory", folder, "content"]);
    await expect(readImageArchive(archive)).rejects.toThrow("is no OCI archive");
  });
});

describe("parseImageIndex", () => {
  it("prefers containerd's name over the reference of the OCI layout", () => {
    const annotations = {
      "io.containerd.image.name": "docker.io/project/name:tag",
      "org.opencontainers.image.ref.name": "tag",
    };
    const text = JSON.stringify({ manifests: [{ digest: "sha256:1", annotations }] });
    expect(parseImageIndex(text)).toEqual([{ name: "docker.io/project/name:tag", digest: "sha256:1" }]);
  });
});

describe("parseImageList", () => {
  it("reads what ctr prints", () => {
    const text = [
      "REF                              TYPE                                       DIGEST     SIZE     PLATFORMS   LABELS",
      "docker.io/openclickstream/kafka:1 application/vnd.oci.image.manifest.v1+json sha256:abc 60.1 MiB linux/amd64 io.cri",
      "",
    ].join("\n");
    expect(parseImageList(text).get("docker.io/openclickstream/kafka:1")).toBe("sha256:abc");
  });

  it("finds nothing in an empty store", () => {
    expect([...parseImageList("REF TYPE DIGEST SIZE PLATFORMS LABELS\n").keys()].filter(Boolean)).toEqual([]);
  });
});

describe("planImageRemoval", () => {
  const present = new Map([
    ["docker.io/openclickstream/spark:new", "sha256:2"],
    ["docker.io/openclickstream/spark:old", "sha256:1"],
    ["docker.io/openclickstream/spark:same-as-new", "sha256:2"],
    ["localhost/openclickstream/pause:1", "sha256:3"],
    ["sha256:aa", "sha256:1"],
    ["sha256:bb", "sha256:2"],
    ["sha256:cc", "sha256:3"],
  ]);
  const objects = '{"image":"docker.io/openclickstream/spark:new"}\n["localhost/openclickstream/pause:1"]';

  it("removes what no object names, with the reference by digest that nothing else needs", () => {
    expect(planImageRemoval(present, objects)).toEqual([
      "docker.io/openclickstream/spark:old",
      "docker.io/openclickstream/spark:same-as-new",
      "sha256:aa",
    ]);
  });

  it("keeps an image whose name an object has in a variable of its environment", () => {
    const text = `${objects}{"name":"SPARK_IMAGE","value":"docker.io/openclickstream/spark:old"}`;
    expect(planImageRemoval(present, text)).toEqual(["docker.io/openclickstream/spark:same-as-new"]);
  });

  it("does not take a name for used because a longer one is", () => {
    const text = `${objects}{"image":"docker.io/openclickstream/spark:old-but-other"}`;
    expect(planImageRemoval(present, text)).toContain("docker.io/openclickstream/spark:old");
  });
});
