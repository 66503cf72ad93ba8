/**
 * Makes a site of the documents: the README files, the other guides in the root folder, and the pages in docs/. A dead
 * link fails the build.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

// VitePress compiles only pages below the folder that has its packages, so the pages are copied there.
const pages = fileURLToPath(new URL("../pages", import.meta.url));
rmSync(pages, { recursive: true, force: true });
const isPage = (file) =>
  /^(?:(?:README|ARCHITECTURE|CONTRIBUTING|SECURITY|CHANGELOG)\.md|docs\/.+|[a-z]+\/(?:.+\/)?README\.md)$/.test(
    file,
  );
const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n");
const generated = existsSync(join(root, "docs/api"))
  ? readdirSync(join(root, "docs/api"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/api/${name}`)
  : [];
for (const page of [...tracked.filter(isPage), ...generated]) {
  mkdirSync(dirname(join(pages, page)), { recursive: true });
  copyFileSync(join(root, page), join(pages, page));
}

/** The source files to which pages link. The site has each of them as a text file. */
const linkedFiles = new Set();

/** Makes links to source files lead to their text on the site. */
function adapt(md) {
  const render =
    md.renderer.rules.link_open ??
    ((tokens, at, options, _, self) => self.renderToken(tokens, at, options));
  // Without v-pre, Vue would take {{ … }} in code for an expression.
  const renderCode = md.renderer.rules.code_inline;
  md.renderer.rules.code_inline = (tokens, at, ...rest) => {
    tokens[at].attrSet("v-pre", "");
    return renderCode(tokens, at, ...rest);
  };
  md.renderer.rules.link_open = (tokens, at, options, env, self) => {
    const href = tokens[at].attrGet("href") ?? "";
    const file = posix.join(posix.dirname(env.relativePath ?? ""), href);
    if (/^(?:[a-z]+:|#)/.test(href) || /\.(?:md|html)(?:#|$)/.test(href))
      return render(tokens, at, options, env, self);
    if (!existsSync(join(root, file)) || statSync(join(root, file)).isDirectory())
      throw new Error(`${env.relativePath} links to ${href}: expected a page or a file`);
    linkedFiles.add(file);
    tokens[at].attrSet("href", `/${file}.txt`);
    return render(tokens, at, options, env, self);
  };
}

const titleOf = (page) => /^# (.+)$/m.exec(readFileSync(join(root, page), "utf8"))?.[1] ?? page;
const item = (page) => ({
  text: titleOf(page).replaceAll("`", ""),
  link: `/${page.replace(/README\.md$/, "").replace(/\.md$/, "")}`,
});

/** The groups of the sidebar are those of docs/README.md. */
const groups = [
  ...readFileSync(join(root, "docs/README.md"), "utf8").matchAll(
    /^- \*\*(.+?)\*\*:([^]*?)(?=\n- |$(?![^]))/gm,
  ),
];
const sidebar = groups.map(([, text, links]) => ({
  text,
  items: [...links.matchAll(/\]\(([^)#]+\.md)\)/g)].map(([, link]) =>
    item(posix.join("docs", link)),
  ),
}));

export default {
  title: "quorate",
  description: "Finds consistency bugs in leaderless replicated stores",
  srcDir: pages,
  outDir: join(root, "dist/site"),
  // The index of the search is one large chunk.
  vite: { publicDir: false, build: { chunkSizeWarningLimit: 4096 } },
  rewrites: (page) => page.replace(/README\.md$/, "index.md"),
  markdown: { config: adapt },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Tutorial", link: "/docs/tutorial" },
      { text: "Documents", link: "/docs/" },
    ],
    sidebar,
  },
  buildEnd: ({ outDir }) => {
    for (const file of linkedFiles) {
      mkdirSync(dirname(join(outDir, file)), { recursive: true });
      copyFileSync(join(root, file), join(outDir, `${file}.txt`));
    }
  },
};
