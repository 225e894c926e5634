import { Type } from '../../../src/base/json-schema.ts'
import { closed, instant, pageLimit, text } from './schemas.ts'

/**
 * Web addresses and paths. Schemes such as `javascript:` are refused because the URL becomes a
 * link.
 */
const WEB_ADDRESS = '^(?!(?!https?:)[A-Za-z][A-Za-z0-9+.-]*:)'

/** Parameters of a document's path. Its id may contain slashes, as `/` or `%2F`. */
const documentParams = (description: string, example?: string) =>
  Type.Object({
    '*': Type.String({ ...text(1, 512, description), ...(example !== undefined && { examples: [example] }) }),
  })
/** Path parameters of a stored document. */
export const DocumentParams = documentParams('A `document_id` in the reply of `GET /documents`, or one that you stored.')
/** The same with the id of a document to store. */
export const NewDocumentParams = documentParams('Any id. It may contain slashes.', 'tea.md')

/** Body of a document to store. */
export const DocumentBody = closed(
  {
    title: Type.Optional(text(1, 500, 'Default: the first heading, or the id.')),
    text: text(1, 2_000_000, 'The text of the document. Ingest longer documents from files.'),
    format: Type.Enum(['markdown', 'html', 'rst', 'text']),
    url: Type.Optional(Type.String({ ...text(1, 2000, 'Where people can read the document.'), pattern: WEB_ADDRESS })),
  },
  { format: 'markdown', text: '# Brewing tea\n\nGreen tea is brewed at 75 degrees for two minutes.\n' },
)

/** Query of the list of documents, by id. */
export const DocumentPageQuery = closed({
  after: Type.Optional(text(1, 512, 'Only documents with a greater id.')),
  limit: pageLimit,
})
/** Facts of a document, after it was stored for the first time. */
export const DocumentSchema = Type.Object(
  {
    document_id: Type.String(),
    title: Type.String(),
    format: Type.Enum(['markdown', 'html', 'rst', 'text', 'pdf', 'docx']),
    url: Type.Optional(Type.String()),
    passage_count: Type.Integer(),
    text_bytes: Type.Integer(),
    created_at: instant('When the document was first stored.'),
    updated_at: instant('When the document was last replaced.'),
  },
  { description: 'The document is stored.' },
)
/** The same after it was replaced. */
export const ReplacedDocumentSchema = Type.Object(DocumentSchema.properties, { description: 'The document is replaced.' })
/** A document with its text. */
export const FullDocumentSchema = Type.Object(
  { ...DocumentSchema.properties, text: Type.String() },
  { description: 'The document with its text.' },
)
/** A page of documents. */
export const DocumentPageSchema = Type.Object(
  {
    documents: Type.Array(DocumentSchema),
    next: Type.Union([Type.String(), Type.Null()], { description: '`after` of the next page. Null on the last page.' }),
  },
  { description: 'A page of documents.' },
)
