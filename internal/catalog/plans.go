package catalog

import "leaver/internal/org"

// The SKUs of the products.
const (
	E3               org.SkuID = "6fd2c87f-b296-42f0-b197-1e91e994b900"
	E5               org.SkuID = "c7df2760-2c81-4ef7-b578-5b5392b571df"
	M365E3           org.SkuID = "05e9a617-0261-4cee-bb44-138d3ef5d965"
	M365E5           org.SkuID = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"
	A3Faculty        org.SkuID = "4b590615-0888-425a-a965-b3bf7789848d"
	A3Student        org.SkuID = "7cfd9a2b-e110-4c39-bf20-c6a3f36a3121"
	A1Faculty        org.SkuID = "94763226-9b3c-4e75-a931-5c89701abe66"
	BusinessPremium  org.SkuID = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"
	BusinessStandard org.SkuID = "f245ecc8-75af-4f8e-b61f-27d8114de5f3"
	Exchange1        org.SkuID = "4b9405b0-7788-4568-add1-99614e613b69"
	Exchange2        org.SkuID = "19ec0d23-8335-4cbd-94ac-6050e30712fa"
	Visio2           org.SkuID = "c5928f49-12ba-48f7-ada3-0d743a3601d5"
	PowerBIPro       org.SkuID = "f8a1db68-be16-40ed-86d5-cb42ce701560"
)

// The service plans that the products are made of. Nothing changes them: who
// takes one gets a copy.
var (
	exchange1            = org.ServicePlan{ID: "9aaf7827-d63c-4b61-89c3-182f06f82e5c", Name: "EXCHANGE_S_STANDARD", Provides: org.Exchange}
	exchange2            = org.ServicePlan{ID: "efb87545-963c-4e0d-99df-69c6916d9eb0", Name: "EXCHANGE_S_ENTERPRISE", Provides: org.Exchange}
	sharePoint1          = org.ServicePlan{ID: "c7699d2e-19aa-44de-8edf-1736da088ca1", Name: "SHAREPOINTSTANDARD", Provides: org.SharePoint}
	sharePoint1Education = org.ServicePlan{ID: "0a4983bb-d3e5-4a09-95d8-b2d0127b3df5", Name: "SHAREPOINTSTANDARD_EDU", Provides: org.SharePoint}
	sharePoint2          = org.ServicePlan{ID: "5dbe027f-2339-4123-9542-606e4d348a72", Name: "SHAREPOINTENTERPRISE", Provides: org.SharePoint}
	sharePoint2Education = org.ServicePlan{ID: "63038b2c-28d0-45f6-bc36-33062963b498", Name: "SHAREPOINTENTERPRISE_EDU", Provides: org.SharePoint}
	oneDriveBasic        = org.ServicePlan{ID: "da792a53-cbc0-4184-a10d-e544dd34b3c1", Name: "ONEDRIVE_BASIC", Provides: org.SharePoint}
	teams                = org.ServicePlan{ID: "57ff2da0-773e-42df-b2af-ffb7a2317929", Name: "TEAMS1"}
	office               = org.ServicePlan{ID: "43de0ff5-c92c-492b-9116-175376d08c38", Name: "OFFICESUBSCRIPTION"}
	officeBusiness       = org.ServicePlan{ID: "094e7854-93fc-4d55-b2c0-3ab5369ebdc1", Name: "OFFICE_BUSINESS"}
	visio                = org.ServicePlan{ID: "663a804f-1c30-4ff0-9915-9db84f0d1cea", Name: "VISIO_CLIENT_SUBSCRIPTION"}
	powerBI              = org.ServicePlan{ID: "70d33638-9c74-4d01-bfd3-562de28bd4ba", Name: "BI_AZURE_P2"}
	// officeOnline edits what stands in SharePoint and does nothing without it. R-LIC-16
	officeOnline = org.ServicePlan{
		ID: "e95bec33-7c88-4a70-8e19-b10bd9d0c014", Name: "SHAREPOINTWAC",
		Needs: []string{"SHAREPOINTSTANDARD", "SHAREPOINTSTANDARD_EDU", "SHAREPOINTENTERPRISE", "SHAREPOINTENTERPRISE_EDU"},
	}
)

func enterprise(more ...org.ServicePlan) []org.ServicePlan {
	return append([]org.ServicePlan{exchange2, sharePoint2, officeOnline, teams, office}, more...)
}

func education() []org.ServicePlan {
	return []org.ServicePlan{exchange2, sharePoint2Education, officeOnline, teams, office}
}

func business() []org.ServicePlan {
	return []org.ServicePlan{exchange1, sharePoint1, officeOnline, teams, officeBusiness}
}
