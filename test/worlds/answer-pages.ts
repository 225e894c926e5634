import { answerFrom, type Page } from './answer-world.ts'

export const TAR = {
  title: 'tar',
  text: [
    'Archiving utility. Often combined with a compression method, such as gzip or bzip2.',
    '- Create an archive and write it to a file:',
    '```\ntar cf target.tar file1 file2\n```',
    '- Extract an archive into the current directory:',
    '```\ntar xf source.tar\n```',
    '- List the contents of an archive:',
    '```\ntar tvf source.tar\n```',
  ].join('\n\n'),
}
export const TOWER = {
  title: 'Eiffel Tower',
  text:
    'The tower is on the Champ de Mars in Paris. It was built by the company of Gustave Eiffel, e.g. for the world fair of 1889. ' +
    'It is 330 metres tall, about as tall as a building of 81 floors. No visitor is known to have counted its rivets twice.',
}
export const SESSIONS = {
  title: 'Manual',
  headings: ['Sessions', 'How long does a session live?'],
  text: 'One hour after the last message. The administrator may choose another time.\n\nEverything in it is then closed.',
}

/** Asks a question about a few pages. @param threshold Default 0.35. */
export async function ask(question: string, pages: readonly Page[], threshold = 0.35) {
  const answer = await answerFrom(question, pages, { threshold })
  return { ...answer, response: answer.text, plain: answer.response.plain }
}
