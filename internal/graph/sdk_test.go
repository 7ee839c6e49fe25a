package graph_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"leaver/internal/practice"
)

// Microsoft's own SDK and identity library for JavaScript, unmodified, do what an
// administrator's script does. They are fetched once, into the user's cache, and
// only when LEAVER_REQUIRE_NODE is 1: a test run asks nothing of the network.
func TestMicrosoftSDK(t *testing.T) {
	dir := sdk(t)
	s := newSchool(t)
	server := httptest.NewTLSServer(s.server.Config.Handler)
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	fatal(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	app := practice.App()
	node := exec.CommandContext(t.Context(), "node", "scenario.mjs")
	node.Dir = dir
	node.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+ca, "SERVER="+server.URL, "TENANT="+practice.TenantID, "CLIENT_ID="+app.ClientID, "CLIENT_SECRET="+app.Secret)
	out, err := node.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("node scenario.mjs: %v\n%.3000s", err, s.log)
	}
}

// sdk gives the folder with the scenario and the packages that it needs.
func sdk(t *testing.T) string {
	t.Helper()
	required := os.Getenv("LEAVER_REQUIRE_NODE") == "1"
	give := func(reason string) {
		t.Helper()
		if required {
			t.Fatal(reason)
		}
		t.Skip(reason + "; LEAVER_REQUIRE_NODE=1 fetches and runs it")
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			give(program + " is not installed")
		}
	}
	manifest, err := os.ReadFile("../../test/sdk/package.json")
	fatal(t, err)
	cache, err := os.UserCacheDir()
	if err != nil {
		give("there is no cache folder")
	}
	sum := sha256.Sum256(manifest)
	dir := filepath.Join(cache, "leaver", "sdk-"+hex.EncodeToString(sum[:6]))
	ready := filepath.Join(dir, "ready")
	if _, err := os.Stat(ready); err != nil {
		if !required {
			give("the SDK has not been fetched yet")
		}
		install(t, dir, manifest)
		fatal(t, os.WriteFile(ready, nil, 0o600))
	}
	scenario, err := os.ReadFile("../../test/sdk/scenario.mjs")
	fatal(t, err)
	fatal(t, os.WriteFile(filepath.Join(dir, "scenario.mjs"), scenario, 0o600))
	return dir
}

func install(t *testing.T, dir string, manifest []byte) {
	t.Helper()
	fatal(t, os.MkdirAll(dir, 0o700))
	fatal(t, os.WriteFile(filepath.Join(dir, "package.json"), manifest, 0o600))
	npm := exec.CommandContext(t.Context(), "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v\n%s", err, out)
	}
}
