// Package certificate is what a server shows of itself over TLS, where that is
// more than two files read once.
//
// # Files
//
// Files are a certificate and its key as somebody else keeps them: a hospital's
// own authority, certbot, a secret mounted into a container. Whoever renews them
// need not tell us; a handshake that comes a while after the last look looks
// again. Files that can't be read, as while they are being written, leave what
// we had in use.
//
// # An Authority
//
// A ward without a domain name, on a network without a way out, still needs
// HTTPS, since browsers give a page the camera only over it. An Authority is
// made on the first start, and kept: one root, whose key never leaves its
// folder, and a certificate for the names and addresses of this server, made
// anew long before it ends and kept in memory alone. Each iPad and each computer
// must be told once to trust the root. Profile is that for Apple's devices, a
// configuration profile that does not change while the root does not; DER is the
// root itself, for everything else.
//
// Whoever has the key can pass for any website towards those who trust the root,
// so it is readable by one user only, and refused if it is not. The root may sign
// no other authority.
package certificate
