/** Words of pet names: `<adverb…>-<adjective>-<animal>`. Lower case, plain letters, nothing rude in any combination. */
const split = (text: string): readonly string[] => text.trim().split(/\s+/);

export const ADVERBS = split(`
  ably actively aptly arguably barely basically boldly bravely brightly briskly broadly calmly carefully certainly cheerfully
  clearly cleverly closely commonly constantly correctly daily dearly deeply directly duly eagerly early easily entirely equally
  evenly exactly fairly firmly formally frankly freely freshly fully generally gently gladly gracefully greatly happily hardly
  heartily highly honestly hopefully humbly ideally instantly jointly jolly kindly largely lately lightly likely literally lively
  locally loosely loudly lovingly loyally luckily mainly merrily mildly mostly mutually namely nearly neatly newly nicely nightly
  nobly normally notably openly orderly overly partly patiently perfectly physically plainly politely precisely presently
  promptly properly proudly purely quickly quietly rapidly rarely readily really recently regularly rightly roughly safely
  scarcely securely seemingly serenely sharply shortly simply sincerely slightly slowly smoothly socially softly solely soundly
  specially steadily strictly strongly suddenly surely swiftly tenderly terribly thankfully thoroughly tightly truly typically
  uniformly usefully usually vaguely vastly verbally visibly vividly warmly weekly wholly widely willingly wisely wonderfully
  yearly
`);

export const ADJECTIVES = split(`
  able active actual adapted adept airy alert ample amused ancient apt ardent artful aware balanced basic beloved blessed bold
  brave breezy bright brisk broad bubbly busy calm capable careful caring casual central certain champion charming cheerful chief
  choice civil classic clean clear clever close coherent cool cosmic cosy credible crisp cuddly curious dapper daring dashing
  dear decent deep definite delicate destined devoted direct distinct divine driven dynamic eager early earnest easy elegant
  eminent enabled endless engaged epic equal essential eternal ethical evident evolved exact excited exotic expert fair faithful
  famous fancy fast feasible fertile festive fine firm first fitting fleet fluent flying fond frank free fresh full fun funny
  game genial gentle genuine giddy gifted giving glad gleaming golden good graceful grand grateful great growing guided handy
  happy hardy harmless healthy helpful heroic holistic honest hopeful hot huge humane humble ideal immune improved infinite
  informed innocent inspired integral intent jolly jovial joyful joyous just keen key kind knowing known large lasting leading
  learning legal lenient liberal light liked literate live lively living logical loved loving loyal lucky magical magnetic main
  major many massive mature meek mellow merry mighty mint misty mobile model modern modest moral moved musical mutual national
  native natural nearby neat needed neutral new next nice nimble noble normal notable noted novel open optimal optimum organic
  oriented outgoing patient peaceful perfect picked pleasant pleased poetic polished polite popular positive possible powerful
  precious precise premium present pretty prime pro profound proper proud proven pumped pure quality quick quiet rapid rare
  rational ready real refined regular relaxed relaxing relevant resolved rich right rising robust romantic round royal sacred
  safe sane saved secure select sensible sharp shining simple sincere skilled sleek smart smashing smiling smooth social solid
  sought sound special splendid stable star steady stirring striking strong stunning suited summary sunny super superb sure
  sweeping sweet talented tender thankful thorough tidy timely top tops touching tough true trusted trusting trusty ultimate
  unbiased unique united upright upward usable useful valid valued vast verified vital vocal warm wealthy welcome well whole
  willing winning wired wise witty wondrous workable
`);

export const ANIMALS = split(`
  aardvark albacore alpaca anchovy anemone anteater antelope ape armadillo auk baboon badger bass bat beagle bear beaver bee
  beetle bengal bird bison bluebird bluegill bluejay boa boar bobcat bonefish bonobo buck buffalo bull bullfrog bunny burro
  butterfly buzzard calf camel canary cardinal caribou cat catfish cattle chamois cheetah chicken chimp chipmunk chow cicada
  civet clam cobra cod collie colt condor coral corgi cougar cow coyote crab crane crappie crawdad crayfish cricket crow cub dane
  dassie deer dingo dinosaur doberman dodo doe dog dogfish dolphin donkey dory dove dragon drake duck duckling eagle earwig eel
  eft egret elephant elk emu ermine escargot ewe falcon fawn feline ferret filly finch firefly fish flamingo flounder fly foal
  fowl fox foxhound frog gannet gar garfish gator gazelle gecko gelding gibbon giraffe glider gnat gnu goat gobbler goldfish
  goose gopher gorilla goshawk grackle griffon grizzly grouper grouse grub grubworm gull guppy haddock hagfish halibut hamster
  hare hawk hedgehog hen heron herring hippo hog honeybee hornet horse hound humpback husky hyena ibex iguana impala insect
  jackal jackdaw jaguar jay jaybird jennet kangaroo katydid killdeer kingfish kit kite kitten kiwi koala kodiak koi krill lab
  labrador lacewing ladybird ladybug lamb lamprey lark lemming lemur leopard liger lion lioness lionfish lizard llama lobster
  locust longhorn loon lynx macaque macaw mackerel magpie mako malamute mallard mammal mammoth manatee mantis marlin marmoset
  marmot marten martin mastiff mastodon mayfly meerkat midge mink minnow moccasin mole mollusk monarch mongoose monitor monkey
  monkfish moose moray moth mouse mudfish mule mullet muskox muskrat mustang mutt narwhal newt octopus opossum orca oriole oryx
  osprey ostrich owl ox oyster panda pangolin panther parakeet parrot peacock pegasus pelican penguin perch pheasant phoenix pig
  pigeon piglet pika pipefish piranha platypus polecat polliwog pony poodle porpoise possum prawn primate ptarmigan puma pup
  python quagga quail quetzal rabbit raccoon ram raptor rat rattler raven ray redbird redfish reindeer reptile rhino ringtail
  robin rodent rooster roughy sable sailfish salmon satyr sawfish sawfly scorpion sculpin seagull seahorse seal seasnail serval
  shad shark sheep sheepdog shepherd shiner shrew shrimp silkworm skink skunk skylark sloth slug snail snake snapper snipe
  spaniel sparrow spider sponge squid squirrel stag stallion starfish starling stingray stinkbug stork sturgeon sunbird sunfish
  swan swift swine tadpole tahr tapir tarpon teal tern terrapin terrier thrush tiger titmouse toad tomcat tortoise toucan
  treefrog trout tuna turkey turtle unicorn urchin vervet viper vulture wahoo wallaby walleye walrus warthog wasp weasel weevil
  whale whippet wildcat wolf wolverine wombat woodcock worm wren yak yeti zebra
`);
