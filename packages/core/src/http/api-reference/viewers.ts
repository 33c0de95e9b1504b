/** A page that shows the OpenAPI document to people, with the npm package that draws it. */
export interface Viewer {
  /** Installed by the host that wants the page: an optional peer dependency. */
  package: string
  title: string
  /** Paths within the package, by the name that the page asks for. */
  files: Readonly<Record<string, string>>
  /** What runs when the files are there: `url` is that of the document. */
  start: string
}

/** By the path below the mount. */
export const viewers: Readonly<Record<string, Viewer>> = {
  docs: {
    package: 'swagger-ui-dist',
    title: 'API',
    files: { 'viewer.css': 'swagger-ui.css', 'viewer.js': 'swagger-ui-bundle.js' },
    start: `SwaggerUIBundle({ url, dom_id: '#reference', deepLinking: true, validatorUrl: 'none' })`,
  },
  redoc: {
    package: 'redoc',
    title: 'API reference',
    files: { 'viewer.js': 'bundles/redoc.standalone.js' },
    // Its search would need a worker from a blob.
    start: `Redoc.init(url, { disableSearch: true }, document.getElementById('reference'))`,
  },
}
