// Package provider lets staff in whom the hospital's own identity provider knows, by
// OpenID Connect: the code flow with PKCE, state and nonce, and back-channel logout.
//
// It knows the protocol and no pages. Begin says where to send a browser, Finish what
// is known of whoever came back, Logout what the provider has ended. Who that is here,
// and what they may do, is the desk's to say.
//
// # A provider that is away
//
// Discovery is asked for at the start and again until it answers (Seek). Meanwhile
// staff sign in with passwords, and Begin tries once more before it refuses.
//
// # What one sign-in remembers
//
// One secret, in a cookie of the browser that began it. State, nonce and the PKCE
// verifier are each derived from it, so that an answer that belongs to another browser,
// or to another sign-in of this one, fits none of them, and nothing is kept here.
//
// # Roles
//
// A file says which values of a claim are which role, and where: see Roles.
//
// No token, code or secret is in any error or log of this package.
package provider
