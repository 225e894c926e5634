/**
 * English function words: articles, pronouns, prepositions, conjunctions, auxiliaries and question
 * words, with their contracted forms. They have a lower weight but are never dropped: some
 * questions consist of them alone.
 */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an the this that these those
  i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
  it its itself they them their theirs themselves one someone something anyone anything
  am is are was were be been being do does did doing done have has had having
  can could may might must shall should will would ought cannot
  about above after against along among around as at before behind below beneath beside between beyond by down during for from
  in into of off on onto out over per since than through to toward towards under until up upon via with within without
  and but or nor so yet if because although though while whereas unless either neither both whether
  what which who whom whose when where why how
  no not only own same such too very just also again further then once here there now ever
  all any each few more most other some many much every another several
  let please want need get like
  don't doesn't didn't isn't aren't wasn't weren't haven't hasn't hadn't can't couldn't won't wouldn't shouldn't mustn't
  i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'll we're we've we'd we'll they're they've they'd they'll
  that's there's here's what's who's where's when's how's let's`.split(/\s+/),
)
