package trial

// What the tests outside the package read offers and answers with.
var (
	ReadOffer = readOffer
	Only      = only
)
