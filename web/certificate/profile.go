package certificate

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"strings"
	"text/template"
)

// profile is what iPads, iPhones and Macs install. Its identifier and UUIDs come
// of the root, so that installing it again replaces it, and a new root's stands
// beside it.
var profile = template.Must(template.New("profile").Funcs(template.FuncMap{"text": escape}).Parse(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>PayloadType</key>
	<string>Configuration</string>
	<key>PayloadVersion</key>
	<integer>1</integer>
	<key>PayloadIdentifier</key>
	<string>wardvisit.trust.{{.Short}}</string>
	<key>PayloadUUID</key>
	<string>{{.Outer}}</string>
	<key>PayloadDisplayName</key>
	<string>{{text .Name}}</string>
	<key>PayloadDescription</key>
	<string>Lets this device trust the hospital's own video visiting server.</string>
	<key>PayloadOrganization</key>
	<string>Wardvisit</string>
	<key>PayloadContent</key>
	<array>
		<dict>
			<key>PayloadType</key>
			<string>com.apple.security.root</string>
			<key>PayloadVersion</key>
			<integer>1</integer>
			<key>PayloadIdentifier</key>
			<string>wardvisit.trust.{{.Short}}.root</string>
			<key>PayloadUUID</key>
			<string>{{.Inner}}</string>
			<key>PayloadDisplayName</key>
			<string>{{text .Name}}</string>
			<key>PayloadCertificateFileName</key>
			<string>wardvisit.cer</string>
			<key>PayloadContent</key>
			<data>
{{.Root}}
			</data>
		</dict>
	</array>
</dict>
</plist>
`))

// Profile is the configuration profile with which Apple's devices trust the root.
func (a *Authority) Profile() ([]byte, error) {
	sum := sha256.Sum256(a.root.Raw)
	var b bytes.Buffer
	err := profile.Execute(&b, struct{ Short, Outer, Inner, Name, Root string }{
		hex.EncodeToString(sum[:8]), uuid(sum[:], "profile"), uuid(sum[:], "root"), a.Name(), lines(base64.StdEncoding.EncodeToString(a.root.Raw)),
	})
	return b.Bytes(), err
}

// uuid makes a UUID of its own for each purpose that a root has (RFC 9562,
// version 8: made in a way of one's own).
func uuid(root []byte, purpose string) string {
	sum := sha256.Sum256(append([]byte(purpose+"\x00"), root...))
	b := sum[:16]
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	s := strings.ToUpper(hex.EncodeToString(b))
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// lines breaks base64 as property lists do.
func lines(s string) string {
	const width = 68
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width] + "\n")
		s = s[width:]
	}
	b.WriteString(s)
	return b.String()
}

func escape(s string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}
