import { has, LONG_RUN, traitsOf } from './text-traits.ts'

/**
 * Formats of keys by issuer, from the issuers' manuals and the public rules of gitleaks, TruffleHog
 * and secretlint. Lengths are lower bounds, so that longer keys of a new version match too.
 */
const KEY_FORMATS: readonly string[] = [
  // Pellucid's own access keys.
  'plc_[A-Za-z0-9_]{20,80}',
  // OpenAI, Anthropic, Groq, xAI, Perplexity, Replicate, Hugging Face, Cerebras, LangSmith, NVIDIA,
  // Tavily, Pinecone, PostHog, Together.
  ...['sk-[\\w-]{16,}', 'gsk_\\w{32,}', 'xai-\\w{32,}', 'pplx-\\w{32,}', 'r8_\\w{30,}', '(?:hf|api_org)_\\w{30,}'],
  ...['csk-\\w{32,}', 'lsv2_[ps][tk]_\\w{32,}', 'nvapi-[\\w-]{32,}', 'tvly-[\\w-]{24,}', 'pcsk_\\w{32,}', 'ph[cx]_\\w{32,}'],
  'tgp_v1_[\\w-]{32,}',
  // Stripe, Shopify, Square, Flutterwave, EasyPost, Duffel, Shippo, Plaid.
  ...['[srp]k_(?:live|test|prod|org)_\\w{10,}', 'whsec_[\\w+/=]{24,}', 'shp[a-z]{2}_\\w{28,}', 'sq0[a-z]{3}-[\\w-]{22,}'],
  ...['EAAA[\\w-]{22,}', 'FLW(?:SECK|PUBK)_TEST-\\w{12,}', 'EZ[AT]K\\w{54}', '(?:duffel|shippo)_(?:live|test)_[\\w=-]{32,}'],
  'access-(?:sandbox|development|production)-[\\da-f]{8}-[\\da-f-]{27}',
  // AWS, Google, Azure, Alibaba, DigitalOcean, Yandex.
  ...[
    '(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{16}',
    'ABSK[\\w+/]{100,}={0,2}',
    'AIza[\\w-]{30,}',
    'ya29\\.[\\w-]{20,}',
  ],
  ...[
    'GOCSPX-[\\w-]{20,}',
    '1//0[\\w-]{30,}',
    '\\w{3}\\dQ~[\\w.~-]{31,34}',
    'LTAI\\w{16,}',
    'do[opr]_v1_\\w{40,}',
    'AQVN[\\w-]{35,}',
  ],
  // GitHub, GitLab, Bitbucket, Atlassian, npm, PyPI, RubyGems, Docker, Artifactory, Clojars.
  ...['gh[pousr]_\\w{20,}', 'github_pat_\\w{20,}', 'gl(?:pat|ptt|rt|rtr|dt|cbt|ft|imt|soat|agent|oas|ffct)-[\\w-]{16,}[\\w.]*'],
  ...[
    'GR1348941[\\w-]{16,}',
    'AT(?:ATT|CTT)3[\\w=-]{32,}',
    'ATBB\\w{20,}',
    'npm_\\w{30,}',
    'pypi-[\\w-]{30,}',
    'rubygems_\\w{40,}',
  ],
  ...['dckr_[a-z]{3}_[\\w-]{20,}', 'AKCp\\w{69}', 'cmVmd\\w{59}', 'CLOJARS_\\w{60}'],
  // Slack, Telegram, Discord, Twilio, SendGrid, Mailgun, Mailchimp, Brevo, Resend, Typeform.
  ...['xox[a-z](?:\\.xox[a-z])?-[\\w-]{10,}', 'xapp-\\d-[\\w-]{16,}', '\\d{5,16}:AA[\\w-]{32,34}'],
  ...['[MNO][\\w-]{22,28}\\.[\\w-]{6}\\.[\\w-]{27,}', '(?:SK|AC)[\\da-fA-F]{32}', 'SG\\.[\\w-]{16,}\\.[\\w-]{16,}'],
  ...[
    '(?:pub)?key-[\\da-f]{32}',
    '[\\da-f]{32}-[\\da-f]{8}-[\\da-f]{8}',
    '[\\da-f]{32}-us\\d{1,2}',
    'xkeysib-[\\da-f]{64}-\\w{16}',
  ],
  ...['re_\\w{8}_\\w{20,}', 'tfp_[\\w.=-]{40,}'],
  // Databricks, Vault, Terraform, age, Doppler, PlanetScale, Supabase, Tailscale, 1Password.
  ...[
    'd(?:api|kea|ose)[\\da-f]{32}(?:-\\d)?',
    'hv[bsr]\\.[\\w-]{20,}',
    's\\.(?=\\w*\\d)(?=\\w*[A-Z])\\w{24}',
    '\\w{14}\\.atlasv1\\.[\\w=-]{40,}',
  ],
  ...['AGE-SECRET-KEY-1\\w{50,}', 'age-secret-key-1\\w{50,}', 'dp\\.[a-z]{2,6}\\.(?:[\\w-]{1,64}\\.)?\\w{32,}'],
  ...['pscale_[a-z]{2,5}_[\\w=.-]{32,}', 'sbp_\\w{32,}', 'sb_(?:secret|publishable)_[\\w-]{16,}', 'tskey-[\\w-]{16,}'],
  ...['A3-[A-Z0-9]{6}-[A-Z0-9-]{20,}', 'ops_eyJ[\\w+/]{100,}={0,3}'],
  // Linear, Notion, Figma, Postman, Airtable, Adobe, Dropbox, Contentful, Netlify, Fly, Heroku.
  ...[
    'lin_[a-z]{2,6}_\\w{32,}',
    'ntn_\\w{40,}',
    'secret_\\w{40,}',
    'fig[a-z]{1,2}_[\\w-]{36,}',
    'PM[AT][KT]-[\\da-fA-F]{24}-[\\da-fA-F]{34}',
  ],
  ...[
    'pat\\w{14}\\.[\\da-f]{64}',
    'p8e-\\w{32}',
    'sl\\.[\\w-]{100,}',
    'CFPAT-[\\w-]{40,}',
    'nf[a-z]_\\w{32,}',
    'fo1_[\\w-]{40,}',
  ],
  ...['fm[12][ar]?_[\\w+/]{100,}={0,3}', 'HRKU-AA[\\w-]{50,}'],
  // New Relic, Grafana, Dynatrace, Sentry, Sonar, Sourcegraph, Pulumi, Prefect, Buildkite, others.
  ...[
    'NR(?:AK|II|JS|AA|RA|SP|IQ)-[\\w-]{19,}',
    '\\w{30,36}NRAL',
    'gl(?:c|sa)_[\\w+/]{32,}={0,3}',
    'dt0[a-z]\\d\\d\\.\\w{24}\\.\\w{64}',
  ],
  ...['sntry[su]_[\\w+/=]{40,}', 'sq[upa]_\\w{40}', 'sgp_\\w{40,}', 'pul-[\\da-f]{40}', 'p[nu]u_\\w{36}', 'bk[a-z]{2}_\\w{32,}'],
  ...[
    'sha256~[\\w-]{43}',
    'v1\\.0-[\\da-f]{24}-[\\da-f]{100,}',
    '4b1d\\w{38}',
    'dnkey-[\\w-]{60,}',
    'ico-\\w{32}',
    'rdme_\\w{60,}',
  ],
  ...[
    'fio-u-[\\w=-]{60,}',
    'API-[A-Z0-9]{26}',
    'sm_[aps]at_\\w{16}',
    '[ps]at\\.[\\w-]{22}\\.\\w{24}\\.\\w{20}',
    '\\w{6}_\\w{29}_mmk',
  ],
  // Facebook, 42, Scalingo, Authress, HubSpot, Asana, Lob, LaunchDarkly, ElevenLabs, Yandex,
  // Vercel, Twitch.
  ...[
    'EAA[MC]\\w{60,}',
    's-s4t2(?:ud|af)-[\\da-f]{64}',
    'tk-[a-z]{2}-[\\w-]{48}',
    'vercel_[a-z_]{2,16}_\\w{20,}',
    'oauth:\\w{30}',
  ],
  ...[
    '(?:sc|ext|scauth|authress)_\\w{5,30}\\.\\w{4,6}\\.acc[_-][\\w-]{10,32}\\.[\\w+/=-]{30,120}',
    '(?:pat-[a-z]{2}\\d|sdk|api|mob)-[\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}',
    '[0-2]/\\d{12,}(?:/\\d{12,})?:[\\da-f]{32}',
    '(?:live|test)_(?:pub_)?[\\da-f]{31,35}',
    'sk_[\\da-f]{48}',
    't1\\.[\\w-]{8,}={0,2}\\.[\\w-]{86}={0,2}',
    'bedrock-api-key-[\\w+/=]{20,}',
  ],
  // Private keys of Bitcoin in the Wallet Import Format: 51 or 52 characters in base 58.
  '(?:[59][1-9A-HJ-NP-Za-km-z]{50}|[KLc][1-9A-HJ-NP-Za-km-z]{51})(?![A-Za-z0-9_])',
]

/** A key in one of the formats. A key after an underscore matches too. */
const API_KEY = new RegExp(`(?<![A-Za-z0-9])(?:${KEY_FORMATS.join('|')})`, 'g')
/** Addresses that are secrets, with what comes before the secret part. */
const WEBHOOK =
  /((?:hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)|(?:discord|discordapp)\.com\/api(?:\/v\d{1,2})?\/webhooks|webhook\.office\.com\/webhookb2|api\.telegram\.org\/(?:file\/)?bot)\/?)[\w@:+/.-]{16,}/gi
/** Characters of keys and addresses. */
const TOKEN = /(?<![\w+/.~:=@-])[\w+/.~:=@-]{15,}/g

/** Redacts keys. Only tokens that may hold a key are searched for the formats. */
export function redactKeys(text: string): string {
  return text.replace(TOKEN, token =>
    has(traitsOf(token), LONG_RUN)
      ? token.replace(WEBHOOK, '$1[api-key]').replace(API_KEY, key => (has(traitsOf(key), LONG_RUN) ? '[api-key]' : key))
      : token,
  )
}
