/** How a sample is made ready and run. `build` is left out by what needs none. */
export interface Language {
  name: string
  /** A program that the language comes with, and the Debian package that has it. */
  program: string
  debianPackage: string
  folder: string
  /** What it is compiled by; `$out` is an empty folder for what it makes. */
  build?: readonly string[]
  run: readonly string[]
}

export const languages: readonly Language[] = [
  { name: 'Node', program: 'node', debianPackage: 'nodejs', folder: 'node', run: ['node', 'vectors.mjs'] },
  {
    name: 'Python',
    program: 'python3',
    debianPackage: 'python3',
    folder: 'python',
    run: ['python3', '-B', 'vectors.py'],
  },
  {
    name: 'Go',
    program: 'go',
    debianPackage: 'golang-go',
    folder: 'go',
    build: ['go', 'build', '-o', '$out/vectors', './vectors'],
    run: ['$out/vectors'],
  },
  { name: 'Ruby', program: 'ruby', debianPackage: 'ruby', folder: 'ruby', run: ['ruby', 'vectors.rb'] },
  { name: 'PHP', program: 'php', debianPackage: 'php-cli', folder: 'php', run: ['php', 'vectors.php'] },
  {
    name: 'Java',
    program: 'javac',
    debianPackage: 'default-jdk-headless',
    folder: 'java',
    build: ['javac', '-Xlint:all,-serial', '-Werror', '-d', '$out', 'VerifyWebhook.java', 'Vectors.java'],
    run: ['java', '-cp', '$out', 'Vectors'],
  },
  {
    name: 'C#',
    program: 'mcs',
    debianPackage: 'mono-mcs',
    folder: 'csharp',
    build: ['mcs', '-warnaserror', '-out:$out/vectors.exe', 'VerifyWebhook.cs', 'Vectors.cs'],
    run: ['mono', '$out/vectors.exe'],
  },
  {
    name: 'Rust',
    program: 'rustc',
    debianPackage: 'rustc',
    folder: 'rust',
    build: ['rustc', '--edition=2021', '-D', 'warnings', '-o', '$out/vectors', 'vectors.rs'],
    run: ['$out/vectors'],
  },
]
