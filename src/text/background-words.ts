/**
 * The stems of 4000 frequent English words, by frequency: those at index n occur in about e^(−n /
 * 2) of all texts of 100 words. Counted by bench/background-words.ts in the documentation of
 * Fastify (MIT) and Django (BSD-3-Clause), tldr-pages (CC BY 4.0) and MedQuAD (CC BY 4.0): the mean
 * share in the four; a word has to occur in at least two.
 */
export const BACKGROUND_STEMS: readonly string[] = [
  `the`,
  `to of and in is for`,
  `use with or that this be are more it an if as inform`,
  `from on can you by not will have all`,
  `request when also may your django exampl name set type function file get path object list default which js provid one return specif these
  see new has other includ call what server how option add chang`,
  `onli method valu creat requir custom code need up follow at no some support repli error peopl symptom document condit avail note content but
  specifi ani do run instanc number rout user test data const sign case caus bodi databas import first should string such view url base
  model plugin help valid make display into current log time field class like true command applic about manag respons result start pass tabl
  check differ they allow send each`,
  `so json previous develop form system mani output remov version work been properti updat http modul most there we affect after patient
  handler befor without done now featur key than directori contain md same schema regist next argument async header often becaus common
  process show their treatment node two refer app way defin who api sourc part occur configur detail queri usual level take handl cell
  templat instal format must relat was fals mean want connect inherit them found id depend rare given out hook instead paramet anoth sever
  messag possibl access then generat where execut both multipl perform input exist last second through problem decor serial index`,
  `search releas look write secur err text control address python were accept port addit listen group context attribut below project build
  howev normal filter would prevent order local hello util open req packag dure find enabl match doe admin individu mutat delet here status
  imag human direct origin print automat via within read db client contrib definit alreadi behavior studi post much interfac frequenc line
  pattern come health none sometim issu save under activ care store our date world alia point cach increas examin fix lead load except don't
  topic could treat limit framework between foo page overrid await home everi disabl term host insid while express warn dictionari high
  quick end opt risk payload link pars fraction consol over person alway html core avoid implement tag abov certain backend complet those
  copi sinc singl initi keep servic password had well`,
  `receiv select null close just collect own small session tool might non parent full recommend export rais variabl even associ web my convert
  oper info tri appli section interact veri site render py replac raw migrat usag mode logger typescript doesn't ensur compil extra general
  let attack built whether long sent back self def librari empti either throw encapsul total fail auth generic locat report environ doctor
  stream size deprec param resourc heart standard length seen age skin guid improv short typic javascript consid nov sudo effect ignor place
  appear longer present config reduc product loss describ target sql bar block still know invalid debug usernam per infect famili go safe
  bone modifi incom cannot share year estim known involv declar approxim children npm compat authent correct callback delay particular becom
  stop proxi brain sure fast main three otherwis explicit protein prefix internal similar root script low you'r languag protect readi separ
  produc lookup inject percentag made primari right put redirect promis exit pain constraint state revers diagnos onc factor max detect
  earli learn lifecycl research head less offer style identifi side init serv keyword factori structur simpl scope rough entri email miss
  until static someth various storag european special`,
  `isn't signal few begin combin unknown author label day expect middlewar git area impair charact trigger wrap child larg lower edit against
  extern eye amount histori devic thing forc extend domin good shell engin retriev parser termin mysql too memori event abl down descript
  browser repositori cooki failur proper bug progress actual pleas upgrad determin ip although move pressur postgresql array give expos
  basic subclass damag latest remot patch timeout window etc break rather integr https hand attach old step exact better account commit res
  you'll vari repres forward login count best diagnost action program top dev verbos itself clear older continu cli alter altern bad deploy
  registri resolv domain clean invok setup els translat permiss potenti manual happen final appropri growth choic instruct item question
  catch experi live rang com signatur regular physic encod publish due success life reason extens month datetim maintain complex ts plan
  stage aw boolean necessari logic strict weak network third syntax backward major sensit global column map contribut wait easili branch
  color sh machin hostnam rule awar easi skip rate unit upload bash carri trace correspond widget integ socket titl undefin suggest spread
  around hash assign across movement plain compress pre auto uniqu prompt solut prefer later accord endpoint adult merg tell word src
  querystr ask download practic outsid won't birth filesystem posit grow reli kwarg filenam procedur crash fulli character respect fetch
  role stdout`,
  `vulner verifi off scan space review mark entir week indic csrf asynchron meta txt abil rest food least localhost explain join platform reach
  decreas percent further understand especi written approach flag evalu never enter gnu consist buffer sampl slow cloud transform fluid
  reset togeth record attempt period cover design red think remain enough instanti unless upper public us flow upon bind equival comput tupl
  maximum contenttyp xml weight exclud anyth thus futur obj iter chain joint wide play duplic virtual confirm prototyp chronic token advanc
  defect mongodb hear websit whi channel echo router articl regress annot introduc team talk optim media insert measur oracl extract breath
  task secret postgr comment binari assum turn compar googl cve transact metadata synchron protocol shape feel bound suppli left recurs
  parti destroy dri escap fp sqlite stdin discuss feed monitor immedi speed nation archiv can't shown privat geometri respond omit higher
  healthi linux emit conf disk pub runtim hard github member recent dir focus finger whose chanc split assert tree ok summari relationship
  byte arg restor hour extrem poll dynam difficulti pull taken purpos blog among chromosom aggreg ear eat daemon doc row compon face thread
  power complic sync submit foreign again characterist boot frequent notic light repeat distribut ref interpret nativ append everyth intend
  layer abort bit narrow aren't drop re env choos yet shortcut visual lack serious therefor arm white zone restrict ls free stringifi str
  ecosystem cross deal quit unexpect kind signific easier region inlin subcommand utf track recurr benefit male loop unlik element coordin
  lock dump solv readabl regex trust screen polici myapp subject earlier communiti we'll editor though overview diet box simpli nest great
  probabl reus rememb mail preced suffici launch mechan along tract suit popul`,
  `sort did pk random we'r manipul switch excess charset timezon minim throughout strategi speech sequenc distinct answer acid fat png you'v
  manner situat swagger transport calcul leak super enforc sleep schedul guarante mix docker center lambda statement stroke energi poison
  registr profil balanc nci ping digest bleed goal we'v multi say denial magic tutori femal ssl offici destin webhook incompat incorrect
  validationerror proto natur namespac renam zero absolut four arbitrari persist regardless walk away book width cat thought simplifi fs
  enlarg ray mitig constructor piec thin scale near contact seri referenc death pretti real represent whole disrupt insensit dot kill folder
  fn construct countri httpstatus background minimum cognit equal behind whatev smoke decid consum css adapt achiev job conveni height
  loglevel unusu harm oxygen ticket overridden wrapper inspect minut volum void prior watch loader you'd curl didn't yaml soon regul
  kubernet flexibl certif colon mind redi minor concept serverless ms quot exercis decod vein babi spatial symbol agent temporari ui yes
  slight whenev push interest overhead organiz abstract thrown visit yourself fill hidden traffic fine reader broken coupl multipart
  algorithm subsequ friend ill wall cluster prepar greater stack runner timestamp silent littl poor pair tend introduct mention bridg video
  msg me wildcard cycl difficult big bucket feet xss tls statist materi captur conduct lot aim simul sound qualiti wsgi driver techniqu pool
  numer infer reload central repo exposur lazi isol pid partit safeti suitabl reject postgi stress teeth plus cpu millisecond decis encount
  partial pictur critic beta they'r leav os malform wast powershel past stat cor virus act int concern seem almost creation exceed deep
  strip num orm episod fire encrypt anim clone varieti sponsor scenario believ effici strong trailer shutdown larger lowercas sender salt
  nginx gain npx helper perman pdf autom slash websocket aliv busi gateway goe mount blank convers softwar suppress doubl rm lts startup
  hijack obtain behav rapid noth advantag technic liter forget discov headlin ii fact thank anonym emul dict divid min cert cascad ident
  attent wish etag drink precis atom chunk preserv fallback overwrit distinguish troubl invoc restart worsen half hint confus faster`,
  `elev uninstal realli unix idea kernel ascii stabl surfac today smaller pagin click primarili round underscor impact processor front inner
  recur backup modern adjust cut ship contract quiet finish ppm maco uri subset graph antibodi var conflict unicod water insulin sensibl
  desir perfect wrong citi recogn internet accumul refactor credenti outlook fall press cd lose flash internation administr unus bin cancel
  soft asset resolut eventu demonstr io untrust scheme analyz apach metric tar qs comma essenti claus favor regexp architectur effort phase
  rotat matter presenc headach explor capabl fit stay born codebas vector suspect enhanc regard rewrit molecul middl semver someon negat
  haproxi prop dna alpha cost digit drive www grace parallel tcp geo die concurr wors swallow union truncat communic pipe iso got deriv
  notif csv slug upstream uuid surviv geograph welcom slowli fixtur newer func raster entiti reflect diff php helmet audio gcloud shorthand
  openapi comparison young consider hold logout button twice surround markdown five mariadb stem highlight bulk fatal egg travel modif
  assist he increment suffix pem bob cours unabl tip overlap moder profession gdal bearer recoveri exploit subdomain expir owner frame she
  retri peripher repair segment benchmark li environment flush news arch de late coerc pixel intersect foot aid bypass encourag sole broad
  sub optic cursor flat sanit rfc daili elimin pip beyond letter hip john prioriti addr intermedi dns pick decim sens acquir subdirectori
  insuffici needl happi convent substitut spec categori hot averag cc formatt expens desktop tz portabl gz valv promin workspac basi sitemap
  traceback newlin jwt circuit constrain everyon dec zip len org grant fork gh principl prefetch revert gettext mime fewer octet ul
  supplement tone irregular unavail alias revis dispatch man ct relev medium subscrib prematur gui interfer independ outlin mod intens ext
  iron irrit cmd guidelin anti nearbi trail consequ miner concret analysi iii worldwid absent meet layout privileg reliabl unmodifi mistak
  descend inact awesom american span distanc rich delimit bring propag moment touch dirnam wasn't contributor throughput pg float degre deni
  matur sibl probe connector heavi variant reaction ancestor paus somewher impli sodium arrow blind roll refin histor tr horizont transfer
  themselv lib temperatur constant lightweight speak en offset drain autoload kafka mongo bundl semant expand tab tini relax portion net
  refresh manifest microservic vscode alon mainten offic eas baselin breaker toml weaken passport faq densiti wave incomplet consult licens
  azur placehold th ever night unsaf hi stimul fragment sit bootstrap resist lost idl appl mm maxlength pod durat disturb approv thumb rust
  arriv stand utc exclus breakdown jpeg instrument implicit observ far inhibitor april chosen magnet father classic usr startproject mother`,
  `legaci differenti fake onto mobil stabil az shut depth timer hit unfortun ongo absenc compos februari skill jpg band appar popular overal
  fish infrastructur builtin strength belong inclus blue million baz graphic flatten knowledg preview overload adher verif extent defer
  checkout enumer ss shouldn't nor anywher polygon routin reproduct spot transmit formal hasn't solid po pump superus advis iri dash lob
  whitespac rep danger studio shallow vendor craft miscellan nice voic menu gt href setter smart inabl workflow firebas undeclar degrad dos
  lump debian gzip ps queue hardwar bloat infinit race understood seek conjunct whilst sse meant decompress foundat slower mask autocommit
  duct attr cold destruct counter recov evid latenc propos gradual thorough prohibit black heartbeat disconnect rollback her shorten android
  leakag elasticsearch onlin worker particip excit plural intent mass conform typo op malici draw repl gcp peer fresh ultim anyon vote
  snippet secondari lt bottom typeerror ws absorb vs nullabl afterward packet hex insecur td undocu squash haven't compact batch verb six
  interrupt zipcod loos decemb liquid harder dc svg violat img caught burn grep java phone es rel standalon unnecessari worri highest
  fashion visibl emot english redund align dest lie veget exhaust ci suscept divis hh cast radio travers deliv gather hood stderr social
  septemb slice changelist deaf pizza abus supersed edg navig disclosur dd smith expert reduct januari fruit reusabl worth permit gone
  inspir sdk came his mac dark harden gif staff newli am variat lab introspect lang juli easiest interval occasion illustr scanner bilater
  prolong familiar began netlifi incid dog march detach wear said mismatch glob microsoft interpol beat sustain retain uncaught toler nix
  vnd pure smooth pam corner perm player triag hide flight figur remedi cooper unaffect mirror st referr pickl investig mayb casesensit
  mediatyp redact vertic toward amazon react pipelin feedback game discard suffer outer knew hope pr financi facil tti unchang classifi
  unset readon anymor perhap radius scalabl tablespac promot poli eval yml ring gap usabl commerci transpar outgo hop educ august brief
  border wherea outdat appconfig hierarchi troubleshoot proceed stori screenshot accomplish stone ago coverag latter undo assembl seed sake
  fundament prepend brows yield board everywher pathway reserv desc experienc artifact plasma tight milk acl octob submiss master train
  scratch halt alloc emergenc dig obvious bun establish exe green bunch accur gmt explan vanilla tmp icon writabl symlink simplic sum it'll
  cls phrase sys heal catalog amino databaseoper paste qualifi mandatori resum notabl spoof cryptograph ubuntu lifetim oauth necessarili
  offend chat conscious asgi lint theme marker angl patholog suppos relief shift checksum tracker transmiss descriptor aggress fri char rss
  augment heavili aris meaning coercion unhandl recip yellow recipi rebuild anomali foreground toggl occurr ing intellig nonexist hexadecim
  spars fragil keyboard prone`,
  `tail deactiv accompani unifi capac spectrum divers transit dimens gum dedic we'd comprehens thousand uppercas oh customiz tunnel fold deeper
  pack advic straight itch tradit scene disappear discoveri satisfi meat temporarili frontend linear stylesheet opinion vercel orphan prune
  wordlist deliber trunk smtp predefin hiv proxim concaten firewal amaz uid palm pay hd embed geojson notat chd electron hole subtyp ideal
  eslint ll inconsist preload camera june lat mood largest silenc tweak comfort prep unlock repetit concentr forbidden ng greet workaround
  tear cipher sequel diagram replic pin reveal succeed ctx prometheus tsconfig typeorm vite webpack printer abc elsewher notifi tune ambigu
  grain corrupt allergi prescript collis stuff aspect sidebar bus cp reopen scientif calendar enum charg audit substr apr monkeypatch
  somekey resort codemod handlebar lucki journal frozen lte catastroph gas criteria myproject universal wizard predict indent hitchhik
  headless pug batteri hundr alphabet reg builder technolog bracket clash runtest contextu tran offlin del fair asc shim stick agre
  dockerfil mid caution undergo harmless kept neither music semicolon fifth pet xz card mb defens dashboard son pend influenc ie rebas tens
  star beam geospati rabbitmq yarn former school novemb widen pm deliveri agnost caller bed intervent slide bump ed laser assess fred declin
  contrast claim adopt dst room simpler blocker apt gpg spin favicon fourth announc rs skeleton outcom pes pep ogr varchar acceler pw hsts
  crypto jone tarbal replay conn mous resiz car dozen dictat primit fulfil wrote modular membership robust uv purg eleg deviat openssl br
  matrix ai debugg cdn co compliant cleanup trim hyphen lowest swap told ca autocomplet bcrypt sun timelin shrink restaur finder committ
  bewar henc wouldn't unintent ten reproduc accident experiment pct jump trap compani replica orient mib gc mkdir ratio brute passwd pollut
  circumst dataset yyyi met ground rc uti facilit eg avg scaffold draft holder compound wire myfield that'll unbound envelop favorit csr vue
  imposs cgi boundari inch alik programm fmt simultan fuse grade invert startapp sheet artist ico chroot preset babel expans garbag tracer
  stretch collaps devtool decad markup hdl unpack beginn seal alongsid penetr tast conda lm mistaken privaci reflex fi remind tsc handi mere
  conclus quickstart pop srs debat brew gb undetect trick rst cap ftp rubi intercept dynamodb userid bright spell rank recreat exchang freez
  bite al audienc autonom price pitfal tie programmat urlencod sc tile scroll temp asymmetri incur ion escal suspend checker despit partner
  pypi rsa syslog disregard pseudo jean uncommon angular centimet singular sport protobuf photo odd advisori plaintext annoy kb blame
  selenium subscript fanci candid gov anyway deleg vital sock cloudflar oa fault ecmascript getdata chees quantiti trivial formula ah worst
  folk mapper crud streamlin fli congest bigger toolkit agreement val strftime quarter pi findon gcr sns trip radial cool intermediari
  multipli cherri wireless crt hung bare fertil improp div summar unsign puls nevertheless allevi bool shorter clarifi dl discrimin german
  guess submodul linter unrel jane alert monday mutabl shapefil`,
  `curv arr grate mailer pronoun unavoid variad et aspir motion closest alphanumer col doubt dbclient fizz maxconn qrcode stateless capit paul
  panic outfil complain blur mosaic huge dramat ach firefox cs yup closur analyt mg cope clock gentl resid pad sequenti wiki acycl glad
  nathan plg stout ahead carbon cf jar composit dist hurt arithmet cfg instant america pluggabl freeli malfunct princip reformat ascend ab
  transient i'm moreov buy prove rewritten challeng oil trade nano openai tap satur lazili mo pt sharp depart fastest cup uncompress gray
  readm faulti confid they'll flake signer cpus spent reconstruct east exempt strain newest displac invas eq discret dive south opposit
  wherev fun sixth fc pnpm crawl gender errorlist sed rod besid bookmark selector it'd leverag clip girl lessen rgb throttl unstabl earliest
  refus aa europ gist keyfil lzma flaw rebind fa fingerprint tamper gcc printf ad spawn bandwidth weigh irc jame fund youtub somewhat oppos
  dead uh eras begun govern wake resembl qr multiplex wget checklist ide blob floor mp pose scatter engag fr walker clariti love bear wine
  codenam gid revok adequ minifi north latitud problemat art album dep fuzzi passiv unauthent ne docstr stale bitmap vagrant vast reachabl
  simplest longitud nois hg proc cri myfil verbatim ace paper tripl unreach sink topolog unregist transvers caffein granular megabyt bat
  cidr keygen lua nameserv todo chromium comp chrome homebrew ldap aml orang inadvert unmanag nt negoti flood okay mari forth excel ds occas
  compromis complement delta disposit bounc hollow couldn't rearrang lean datasourc enclosur geoip rev cr overlay fear shot canon went
  compens dust particl dairi ae chart apart hydrat prerequisit microsecond noop brighter dissect accid flavor inc pillow sha drastic dialog
  autogener ata flux sigterm wasm symmetr took driven beforehand greatest wart neighbor coalesc di asian dropdown openstreetmap dimension
  subtract disallow dummi toast preprocess opaqu song onward placement tif consecut bc kerbero squar artifici copyright basenam subtitl
  perspect brand spheroid latex counterpart concat determinist universiti spend tighten proven la visitor ini indetermin nutshel deepli
  gamma stuck teardown jsx sigint spa demand smallest pdfs osm burden administ wallet camelcas molecular versa vice doctyp elif stub elast
  rid subtl tv cook wikipedia ar circular un esc brace std plenti wheel lawrenc ram rebuilt glanc alarm collabor nr tabular unsupport eight
  identif du minimalist mit au threat broader pronounc dim machineri monoton cage neural legal localtim addon bourn claud mqtt nat yay
  arrang rb impress pound trash uncommit guard inher memoiz oversight sentri unmaintain score unsav surpris boost robin wilson inhibit tick
  crack breed macro beauti useless creativ idempot irrelev passag sensor hang writer intuit spoken cultur meter expiri prs ceil si don meg
  launcher lockfil perl er underlin tild incorpor amend glue dr recycl internat ap xx invers imagin graft nut qt bold gold grid ch immut
  textual paid dentist vi ran mssql vhost workdir pear bi compli simplif ourselv lp implic introductori isinst discourag compris raspberri
  genom maxim sentenc pl rsync ru hmac newcom rework scalar ib film realiz alt consumpt ttl loud enrol se mx quarantin hyperlink minif morn
  radic strengthen portal proport ro epsg paragraph crystal drawn mole scd mimic sandbox nl octal dh indefinit`,
  `relay regener colli forum impos whichev distract motiv overnight bench andrew collector firstnam footprint remap glass cask scienc ld
  furthermor xxxxx codegen deepseek deno ingress lastnam maker monolith perf ses totp xattr yara blast lift outermost tee misus agenc twenti
  upward snap xray mock ff pointer dissolv exhibit indirect intel stripe synthet inappropri mi stricter unauthor xgettext synaps teach
  enclos cron warp chemistri whom emerg west athlet reinstal cacheabl circumv contriv curious laid unpars club bank equat sunday xhtml
  crucial dilut complementari brought hp mr globe toc findal multilingu webapp opportun shp devast africa intermitt ia anytim nine axi
  accommod mc seventh pe squeez beautifi dotenv eol epic influxdb mydb poster prettier prettifi sdks sqs vcpus tb backslash reconfigur xcode
  surnam junction volunt onion irrevers webpag logo employe geometr penalti straightforward tricki adjac toolbar delic rna indian margin
  threshold dedupl provis xpath influx chose urgenc reactiv unwant downstream deb downgrad mozilla bomb lemon anchor cautious ineffici bg
  keyr queu nomenclatur cohes legitim truth cbc ibm fieldfil innodb msgid obsolet unzip convey gave kiss brush va lure algo authz catchal
  cockroachdb cumbersom imper luck luckili myobject neat nuanc osi preconfigur prefac recap recogniz unobtrus ko rescu ve plane elid jack
  modelnam af asia benefici mnt rail gen multilin palett glide hammer hinder honest hypothes millimet plug cn student alpn brk couchdb dag
  dependabot foreach fullchain fullnam genrsa gitpod graphql hashid huawei jsonc kebab mongoos mq neglig nstat ocsp postman rbac readfil
  remix schemat setcooki sni subsect supabas svelt typecheck unmatch valkey compart cyclic eastern weather gml ora venv remaind bmp ansi bio
  mpa seam spray predomin japan weaker burst cortex amd latin evict unescap floppi mt vault httpd burger generous sap vacat urg outward
  sentinel stronger obscur geographi slope spare advertis sr thaw theori uncheck consensus likewis mingl distro amongst elementari furthest
  gate purposeless stapl metal toilet manufactur amp supervis conserv mileston wild panel shadow overwhelm grammat hardest hmr rob sigh
  terribl og scrape substanti rast credit honor setuptool illeg disc ac feder grab earth bag geoloc predic reorder sphinx upcom tailor mate
  wider georg led australia crop bisect inf invit joe purpl il nf sid interior notebook mem slot french math dirti bend likelihood clue pink
  judgment flip ctrl lc rodent movi overflow dbname oldest tiff proton enjoy pv disjoint robot gtr grave plate uncomfort uk atop cur mono
  alic creator diminish flutter fg mile hous steam pari nitrogen island tablet strike mon ih pc uniform unspecifi csrftoken dsf exc gunicorn
  tm nicotin nucleotid fortun ln seq unread helix mission mini analog correl sd bitwis certfil mimetyp mvc watchman zh unhealthi insect
  chicago fo ot unload sz acm aka clockwis kib makefil bake convex pot workload senior platinum silver forev forg bbox concis umask fee
  northern spong cow hybrid tape unsuccess circl thumbnail dvd gib hkey lf rd banana rh cafe unneed wipe chapter sophist kansa weren't coffe
  summer emb foobar genr jsonl unoffici cleaner infrequ opac blink stock becam newspap sep idiom pitch seven halv canada diamond bsd
  multithread pgp ptr sniffer yesterday shake precursor birthday durabl sticki ml vegetarian rt ks rom inbox asymmetr spanish daylight inde
  india rock committe av denot deadlin exp postmortem cms fig expr scp diamet cosmet cousin mpv nearest organic ada hive san za micro pdb
  uvicorn chip mercuri proof altogeth ordinarili wd mute plot ser dpkg loopback mbr prod recompil distort precaut hack`,
  `japanes ham employ idx unnam western nu realiti arb gaze pacif circumfer felt bell bother hungri abbrevi cheddar ugli appoint confin seat
  bird ex sniff complianc boilerpl han ipython legend resampl street attract minus somehow electrod tor elect feb signifi neutral advers
  fifti tan hat recognit cl ep picker pretend cracker dispos anticip asid myth aura hydrogen thirti consortium grey punctuat pcd sca xy
  abund hazard tempor william knife sin od tray bashrc chmod rectangl sig tomorrow ag synthes lax musician ra embarrass te fed mathemat
  acknowledg cull datafil pyc weekday elig pcr bill`,
]
