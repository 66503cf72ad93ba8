/** `quorate init`: the files that a project needs to test its store. */
export {
  bundledConfig,
  configFromCompose,
  githubWorkflow,
  gitlabPipeline,
  ignored,
  packageText,
  regressionsHead,
} from "./project-files.ts";
