/// The page's files, within the program.
package enum WebPage {
    package static var html: [UInt8] { PackageResources.page_html }
    package static var css: [UInt8] { PackageResources.page_css }
    package static var script: [UInt8] { PackageResources.page_js }
    package static var actions: [UInt8] { PackageResources.actions_js }
    package static var icon: [UInt8] { PackageResources.icon_svg }
}
