import t, { type Test } from 'tap'
import { createFolderService } from '../../../src/cli/trial-service.ts'

const tabs = (...commands: readonly string[]) =>
  commands.map(one => `   ${one.split(' ')[0]}:\n\n   \`\`\`sh\n   ${one}\n   \`\`\`\n`).join('\n')
const GUIDE = `# Install the gallery

Install it from the command line.

1. Create an album in your terminal:

${tabs('npm create album', 'pnpm create album', 'yarn create album')}
2. Go to the new directory of the gallery.
3. Install the dependencies of the gallery:

${tabs('npm install', 'pnpm install', 'yarn install')}
4. Start the gallery.
`

async function serve(test: Test) {
  const others = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`page-${i}.md`, `# Page ${i}\n\nSomething about gardening in chapter ${i}.\n`]),
  )
  const { converse } = await createFolderService(test.testdir({ ...others, 'install.md': GUIDE }), '/', {
    threshold: 0.4,
    clock: () => 0,
  })
  return async (message: string) => (await converse([message])).response
}

t.test('of commands for several tools, those of the first one are quoted', async t => {
  const response = await (await serve(t))('how do i install the gallery?')
  t.match(response, /npm create album/)
  t.match(response, /npm install/)
  t.notMatch(response, /pnpm|yarn|…/)
})

t.test('the commands of a tool that the question names are quoted, too', async t => {
  const response = await (await serve(t))('how do i install the gallery with yarn?')
  t.match(response, /yarn create album/)
  t.match(response, /yarn install/)
  t.notMatch(response, /pnpm/)
})

t.test('steps are quoted from the first one', async t => {
  const response = await (await serve(t))('install the dependencies of the gallery')
  t.match(response, /1\. Create an album[\s\S]*3\. Install the dependencies/)
})
