package identity

import (
	"net/url"
	"strings"
)

// configuration is the discovery document. Its issuer is the authority that
// was asked, as clients compare the two.
func (s *Server) configuration(c *call) error {
	root := c.base + "/" + c.authority
	oauth := root + "/oauth2/v2.0"
	keys := root + "/discovery/v2.0/keys"
	if c.legacy {
		oauth, keys = root+"/oauth2", root+"/discovery/keys"
	}
	c.w.Header().Set("Cache-Control", "max-age=300")
	return c.json(200, map[string]any{
		"issuer":                                           c.issuer(),
		"authorization_endpoint":                           oauth + "/authorize",
		"token_endpoint":                                   oauth + "/token",
		"device_authorization_endpoint":                    oauth + "/devicecode",
		"end_session_endpoint":                             oauth + "/logout",
		"jwks_uri":                                         keys,
		"response_types_supported":                         []string{"code"},
		"response_modes_supported":                         []string{"query", "fragment", "form_post"},
		"grant_types_supported":                            s.grantTypes(),
		"subject_types_supported":                          []string{"public"},
		"id_token_signing_alg_values_supported":            []string{"RS256"},
		"token_endpoint_auth_methods_supported":            []string{"client_secret_post", "client_secret_basic", "private_key_jwt", "none"},
		"token_endpoint_auth_signing_alg_values_supported": []string{"RS256", "PS256"},
		"code_challenge_methods_supported":                 []string{"S256"},
		"scopes_supported":                                 []string{"openid", "profile", "email", "offline_access"},
		"claims_supported":                                 []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "oid", "tid", "preferred_username"},
		"request_uri_parameter_supported":                  false,
		"http_logout_supported":                            false,
		"tenant_region_scope":                              nil,
		"cloud_instance_name":                              hostOf(c.base),
		"cloud_graph_host_name":                            hostOf(c.base),
		"msgraph_host":                                     hostOf(c.base),
	})
}

// grantTypes are the grants that the token endpoint takes, as discovery names them.
func (s *Server) grantTypes() []string {
	all := []string{"authorization_code", "refresh_token", "client_credentials", deviceGrant}
	if s.cfg.AllowPassword {
		all = append(all, "password")
	}
	return all
}

// keySet is the public part of the signing keys.
func (s *Server) keySet(c *call) error {
	if _, err := s.keys.current(c.ctx()); err != nil { // makes the first key
		return err
	}
	set, err := s.keys.fresh(c.ctx())
	if err != nil {
		return err
	}
	c.w.Header().Set("Cache-Control", "max-age=300")
	return c.json(200, set.public())
}

// instance tells a client that this host is an identity platform of its own.
func (s *Server) instance(c *call) error {
	tenant := c.authority
	if asked := c.r.URL.Query().Get("authorization_endpoint"); asked != "" {
		u, err := url.Parse(asked)
		if err != nil || u.Host == "" {
			return refuse(90100, "authorization_endpoint")
		}
		tenant, _, _ = strings.Cut(strings.TrimLeft(u.Path, "/"), "/")
		if !knows(c.tenant, tenant) {
			return refuse(90002, shorten(tenant))
		}
	}
	host := hostOf(c.base)
	return c.json(200, map[string]any{
		"tenant_discovery_endpoint": c.base + "/" + tenant + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata": []map[string]any{{
			"preferred_network": host, "preferred_cache": host, "aliases": []string{host},
		}},
	})
}

// userRealm tells a client that people sign in here and not at another
// organization. It says so of every name, known or not.
func (s *Server) userRealm(c *call) error {
	_, domain, _ := strings.Cut(c.r.URL.Path[strings.LastIndexByte(c.r.URL.Path, '/')+1:], "@")
	return c.json(200, map[string]any{
		"ver": "1.0", "account_type": "Managed", "domain_name": shorten(domain),
		"cloud_instance_name": hostOf(c.base), "cloud_audience_urn": "urn:federation:" + hostOf(c.base),
	})
}

// cloudMetadata is where infrastructure tools start: it says that this host is
// the login server, Graph and everything else of its own cloud.
func (s *Server) cloudMetadata(c *call) error {
	host := hostOf(c.base)
	return c.json(200, map[string]any{
		"name":   "Leaver",
		"portal": c.base,
		"authentication": map[string]any{
			"loginEndpoint": c.base, "audiences": []string{c.base}, "tenant": "common", "identityProvider": "AAD",
		},
		"graph": c.base, "graphAudience": c.base, "microsoftGraphResourceId": c.base, "resourceManager": c.base,
		"activeDirectoryDataLake": c.base, "batch": c.base, "gallery": c.base, "media": c.base, "sqlManagement": c.base,
		"vmImageAliasDoc": "", "appInsightsResourceId": c.base, "logAnalyticsResourceId": c.base, "ossrDbmsResourceId": c.base,
		"suffixes": map[string]string{
			"acrLoginServer": host, "azureDataLakeAnalyticsCatalogAndJob": host, "azureDataLakeStoreFileSystem": host,
			"keyVaultDns": host, "mhsmDns": host, "mysqlServerEndpoint": host, "postgresqlServerEndpoint": host,
			"sqlServerHostname": host, "storage": host, "synapseAnalytics": host,
		},
	})
}

func hostOf(base string) string {
	_, host, _ := strings.Cut(base, "://")
	return host
}
