func.func @f0(%a0: tensor<?xf32>, %a1: tensor<?xf32>, %o: tensor<?xf32>) -> tensor<?xf32> {
 %0 = linalg.conv_1d ins(%a0, %a1 : tensor<?xf32>, tensor<?xf32>) outs(%o : tensor<?xf32>) -> tensor<?xf32>
 return %0 : tensor<?xf32>
}
func.func @f1(%a0: tensor<?xi8>, %a1: tensor<?xi8>, %o: tensor<?xi32>) -> tensor<?xi32> {
 %0 = linalg.conv_1d ins(%a0, %a1 : tensor<?xi8>, tensor<?xi8>) outs(%o : tensor<?xi32>) -> tensor<?xi32>
 return %0 : tensor<?xi32>
}
func.func @f2(%a0: tensor<?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.conv_1d_ncw_fcw {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f3(%a0: tensor<?x?x?xi8>, %a1: tensor<?x?x?xi8>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.conv_1d_ncw_fcw {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?x?x?xi8>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f4(%a0: tensor<?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.conv_1d_nwc_wcf {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f5(%a0: tensor<?x?x?xi8>, %a1: tensor<?x?x?xi8>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.conv_1d_nwc_wcf {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?x?x?xi8>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f6(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.conv_2d ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f7(%a0: tensor<?x?xi8>, %a1: tensor<?x?xi8>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.conv_2d ins(%a0, %a1 : tensor<?x?xi8>, tensor<?x?xi8>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f8(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.conv_2d_nchw_fchw {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f9(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.conv_2d_nchw_fchw {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?x?x?xi8>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f10(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.conv_2d_nchw_fchw_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, i32, i32) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f11(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.conv_2d_nchw_fchw_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?xi8>, tensor<?x?x?x?xi8>, i32, i32) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f12(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.conv_2d_ngchw_fgchw {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f13(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?x?xi8>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.conv_2d_ngchw_fgchw {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?x?xi8>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f14(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.conv_2d_ngchw_gfchw {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f15(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?x?xi8>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.conv_2d_ngchw_gfchw {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?x?xi8>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f16(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?x?xf32>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.conv_2d_ngchw_gfchw_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?x?xf32>, i32, i32) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f17(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?x?xi8>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.conv_2d_ngchw_gfchw_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?x?xi8>, i32, i32) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f18(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.conv_2d_nhwc_fhwc {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f19(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.conv_2d_nhwc_fhwc {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?x?x?xi8>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f20(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.conv_2d_nhwc_fhwc_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, i32, i32) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f21(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.conv_2d_nhwc_fhwc_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?xi8>, tensor<?x?x?x?xi8>, i32, i32) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f22(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.conv_2d_nhwc_hwcf {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f23(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.conv_2d_nhwc_hwcf {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?x?x?xi8>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f24(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.conv_2d_nhwc_hwcf_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, i32, i32) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f25(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.conv_2d_nhwc_hwcf_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?xi8>, tensor<?x?x?x?xi8>, i32, i32) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f26(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.conv_2d_nhwgc_gfhwc {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f27(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?x?xi8>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.conv_2d_nhwgc_gfhwc {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?x?xi8>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f28(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?x?xf32>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.conv_2d_nhwgc_gfhwc_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?x?xf32>, i32, i32) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f29(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?x?xi8>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.conv_2d_nhwgc_gfhwc_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?x?xi8>, i32, i32) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f30(%a0: tensor<?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.conv_3d ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f31(%a0: tensor<?x?x?xi8>, %a1: tensor<?x?x?xi8>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.conv_3d ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?x?x?xi8>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f32(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.conv_3d_ncdhw_fcdhw {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f33(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?x?xi8>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.conv_3d_ncdhw_fcdhw {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?x?xi8>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f34(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.conv_3d_ndhwc_dhwcf {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f35(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?x?xi8>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.conv_3d_ndhwc_dhwcf {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?x?xi8>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f36(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?x?xf32>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.conv_3d_ndhwc_dhwcf_q {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?x?xf32>, i32, i32) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f37(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?x?xi8>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.conv_3d_ndhwc_dhwcf_q {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?x?xi8>, i32, i32) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f38(%a0: tensor<?x?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.depthwise_conv_1d_ncw_cw {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f39(%a0: tensor<?x?x?xi8>, %a1: tensor<?x?xi8>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.depthwise_conv_1d_ncw_cw {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?x?xi8>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f40(%a0: tensor<?x?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.depthwise_conv_1d_nwc_wc {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f41(%a0: tensor<?x?x?xi8>, %a1: tensor<?x?xi8>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.depthwise_conv_1d_nwc_wc {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?x?xi8>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f42(%a0: tensor<?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.depthwise_conv_1d_nwc_wcm {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f43(%a0: tensor<?x?x?xi8>, %a1: tensor<?x?x?xi8>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.depthwise_conv_1d_nwc_wcm {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?x?x?xi8>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f44(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.depthwise_conv_2d_nchw_chw {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f45(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?xi8>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.depthwise_conv_2d_nchw_chw {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?x?xi8>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f46(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.depthwise_conv_2d_nhwc_hwc {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f47(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?xi8>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.depthwise_conv_2d_nhwc_hwc {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?x?xi8>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f48(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?xf32>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.depthwise_conv_2d_nhwc_hwc_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?xf32>, tensor<?x?x?xf32>, i32, i32) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f49(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?xi8>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.depthwise_conv_2d_nhwc_hwc_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?xi8>, tensor<?x?x?xi8>, i32, i32) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f50(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.depthwise_conv_2d_nhwc_hwcm {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f51(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.depthwise_conv_2d_nhwc_hwcm {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?x?x?xi8>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f52(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.depthwise_conv_2d_nhwc_hwcm_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, i32, i32) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f53(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %a2: i32, %a3: i32, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.depthwise_conv_2d_nhwc_hwcm_q {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1, %a2, %a3 : tensor<?x?x?x?xi8>, tensor<?x?x?x?xi8>, i32, i32) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f54(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.depthwise_conv_3d_ncdhw_cdhw {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f55(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.depthwise_conv_3d_ncdhw_cdhw {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?xi8>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f56(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.depthwise_conv_3d_ndhwc_dhwc {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f57(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.depthwise_conv_3d_ndhwc_dhwc {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?xi8>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f58(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?x?xf32>, %o: tensor<?x?x?x?x?x?xf32>) -> tensor<?x?x?x?x?x?xf32> {
 %0 = linalg.depthwise_conv_3d_ndhwc_dhwcm {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?x?xf32>) outs(%o : tensor<?x?x?x?x?x?xf32>) -> tensor<?x?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?x?xf32>
}
func.func @f59(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?x?xi8>, %o: tensor<?x?x?x?x?x?xi32>) -> tensor<?x?x?x?x?x?xi32> {
 %0 = linalg.depthwise_conv_3d_ndhwc_dhwcm {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?x?xi8>) outs(%o : tensor<?x?x?x?x?x?xi32>) -> tensor<?x?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?x?xi32>
}
func.func @f60(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.pooling_nchw_max {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f61(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.pooling_nchw_max {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f62(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.pooling_nchw_sum {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f63(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.pooling_nchw_sum {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f64(%a0: tensor<?x?x?xf32>, %a1: tensor<?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.pooling_ncw_max {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f65(%a0: tensor<?x?x?xi8>, %a1: tensor<?xf32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.pooling_ncw_max {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?xf32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f66(%a0: tensor<?x?x?xf32>, %a1: tensor<?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.pooling_ncw_sum {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f67(%a0: tensor<?x?x?xi8>, %a1: tensor<?xf32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.pooling_ncw_sum {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?xf32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f68(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.pooling_ndhwc_max {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f69(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.pooling_ndhwc_max {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f70(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.pooling_ndhwc_min {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f71(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.pooling_ndhwc_min {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f72(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.pooling_ndhwc_sum {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f73(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.pooling_ndhwc_sum {strides=dense<[2,3,5]>:tensor<3xi64>, dilations=dense<[7,11,13]>:tensor<3xi64>} ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f74(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.pooling_nhwc_max {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f75(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.pooling_nhwc_max {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f76(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.pooling_nhwc_max_unsigned {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f77(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.pooling_nhwc_min {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f78(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.pooling_nhwc_min {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f79(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.pooling_nhwc_min_unsigned {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f80(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.pooling_nhwc_sum {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f81(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?xf32>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.pooling_nhwc_sum {strides=dense<[2,3]>:tensor<2xi64>, dilations=dense<[7,11]>:tensor<2xi64>} ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?xf32>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f82(%a0: tensor<?x?x?xf32>, %a1: tensor<?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.pooling_nwc_max {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f83(%a0: tensor<?x?x?xi8>, %a1: tensor<?xf32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.pooling_nwc_max {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?xf32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f84(%a0: tensor<?x?x?xi8>, %a1: tensor<?xf32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.pooling_nwc_max_unsigned {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?xf32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f85(%a0: tensor<?x?x?xf32>, %a1: tensor<?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.pooling_nwc_min {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f86(%a0: tensor<?x?x?xi8>, %a1: tensor<?xf32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.pooling_nwc_min {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?xf32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f87(%a0: tensor<?x?x?xi8>, %a1: tensor<?xf32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.pooling_nwc_min_unsigned {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?xf32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f88(%a0: tensor<?x?x?xf32>, %a1: tensor<?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.pooling_nwc_sum {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f89(%a0: tensor<?x?x?xi8>, %a1: tensor<?xf32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.pooling_nwc_sum {strides=dense<[2]>:tensor<1xi64>, dilations=dense<[7]>:tensor<1xi64>} ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?xf32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f90(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.exp ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f91(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.log ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f92(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.abs ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f93(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.ceil ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f94(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.floor ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f95(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.negf ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f96(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.reciprocal ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f97(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.round ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f98(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.rsqrt ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f99(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.sqrt ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f100(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.square ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f101(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.tanh ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f102(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.erf ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f103(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.copy ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f104(%a0: tensor<?x?xi8>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.copy ins(%a0 : tensor<?x?xi8>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f105(%a0: tensor<?x?xi8>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.copy {cast = #linalg.type_fn<cast_unsigned>} ins(%a0 : tensor<?x?xi8>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f106(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.add ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f107(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.sub ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f108(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.mul ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f109(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.div ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f110(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.max ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f111(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.min ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f112(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.powf ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f113(%a0: tensor<?x?x?xi32>, %a1: tensor<?x?x?xi32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.add ins(%a0, %a1 : tensor<?x?x?xi32>, tensor<?x?x?xi32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f114(%a0: tensor<?x?x?xi32>, %a1: tensor<?x?x?xi32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.sub ins(%a0, %a1 : tensor<?x?x?xi32>, tensor<?x?x?xi32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f115(%a0: tensor<?x?x?xi32>, %a1: tensor<?x?x?xi32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.mul ins(%a0, %a1 : tensor<?x?x?xi32>, tensor<?x?x?xi32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f116(%a0: tensor<?x?x?xi32>, %a1: tensor<?x?x?xi32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.div ins(%a0, %a1 : tensor<?x?x?xi32>, tensor<?x?x?xi32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f117(%a0: tensor<?x?x?xi32>, %a1: tensor<?x?x?xi32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.max ins(%a0, %a1 : tensor<?x?x?xi32>, tensor<?x?x?xi32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f118(%a0: tensor<?x?x?xi32>, %a1: tensor<?x?x?xi32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.min ins(%a0, %a1 : tensor<?x?x?xi32>, tensor<?x?x?xi32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f119(%a0: tensor<?x?x?xi32>, %a1: tensor<?x?x?xi32>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.div_unsigned ins(%a0, %a1 : tensor<?x?x?xi32>, tensor<?x?x?xi32>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f120(%a0: tensor<?xi1>, %a1: tensor<?xi1>, %o: tensor<?xi1>) -> tensor<?xi1> {
 %0 = linalg.add ins(%a0, %a1 : tensor<?xi1>, tensor<?xi1>) outs(%o : tensor<?xi1>) -> tensor<?xi1>
 return %0 : tensor<?xi1>
}
func.func @f121(%a0: tensor<?xi1>, %a1: tensor<?xi1>, %o: tensor<?xi1>) -> tensor<?xi1> {
 %0 = linalg.mul ins(%a0, %a1 : tensor<?xi1>, tensor<?xi1>) outs(%o : tensor<?xi1>) -> tensor<?xi1>
 return %0 : tensor<?xi1>
}
func.func @f122(%a0: tensor<?xi1>, %a1: tensor<?xi1>, %o: tensor<?xi1>) -> tensor<?xi1> {
 %0 = linalg.max ins(%a0, %a1 : tensor<?xi1>, tensor<?xi1>) outs(%o : tensor<?xi1>) -> tensor<?xi1>
 return %0 : tensor<?xi1>
}
func.func @f123(%a0: tensor<?xi1>, %a1: tensor<?xi1>, %o: tensor<?xi1>) -> tensor<?xi1> {
 %0 = linalg.min ins(%a0, %a1 : tensor<?xi1>, tensor<?xi1>) outs(%o : tensor<?xi1>) -> tensor<?xi1>
 return %0 : tensor<?xi1>
}
func.func @f124(%a0: tensor<?x?xi1>, %a1: tensor<?x?xf32>, %a2: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.select ins(%a0, %a1, %a2 : tensor<?x?xi1>, tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f125(%a0: f32, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.fill ins(%a0 : f32) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f126(%a0: f32, %o: tensor<f32>) -> tensor<f32> {
 %0 = linalg.fill ins(%a0 : f32) outs(%o : tensor<f32>) -> tensor<f32>
 return %0 : tensor<f32>
}
func.func @f127(%a0: f64, %a1: f64, %a2: i32, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.fill_rng_2d ins(%a0, %a1, %a2 : f64, f64, i32) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f128(%a0: f64, %a1: f64, %a2: i32, %o: tensor<?x?xi16>) -> tensor<?x?xi16> {
 %0 = linalg.fill_rng_2d ins(%a0, %a1, %a2 : f64, f64, i32) outs(%o : tensor<?x?xi16>) -> tensor<?x?xi16>
 return %0 : tensor<?x?xi16>
}
func.func @f129(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.matmul ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f130(%a0: tensor<?x?xi8>, %a1: tensor<?x?xi8>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.matmul ins(%a0, %a1 : tensor<?x?xi8>, tensor<?x?xi8>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f131(%a0: tensor<?x?xi8>, %a1: tensor<?x?xi8>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.matmul {cast=#linalg.type_fn<cast_unsigned>} ins(%a0, %a1 : tensor<?x?xi8>, tensor<?x?xi8>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f132(%a0: tensor<?x?xi1>, %a1: tensor<?x?xi1>, %o: tensor<?x?xi1>) -> tensor<?x?xi1> {
 %0 = linalg.matmul ins(%a0, %a1 : tensor<?x?xi1>, tensor<?x?xi1>) outs(%o : tensor<?x?xi1>) -> tensor<?x?xi1>
 return %0 : tensor<?x?xi1>
}
func.func @f133(%a0: tensor<?x?xi32>, %a1: tensor<?x?xi32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.matmul ins(%a0, %a1 : tensor<?x?xi32>, tensor<?x?xi32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f134(%a0: tensor<?x?xi32>, %a1: tensor<?x?xi32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.matmul {cast=#linalg.type_fn<cast_unsigned>} ins(%a0, %a1 : tensor<?x?xi32>, tensor<?x?xi32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f135(%a0: tensor<?x?xf16>, %a1: tensor<?x?xf16>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.matmul ins(%a0, %a1 : tensor<?x?xf16>, tensor<?x?xf16>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f136(%a0: tensor<?x?xf16>, %a1: tensor<?x?xf16>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.matmul {cast=#linalg.type_fn<cast_unsigned>} ins(%a0, %a1 : tensor<?x?xf16>, tensor<?x?xf16>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f137(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf16>) -> tensor<?x?xf16> {
 %0 = linalg.matmul ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf16>) -> tensor<?x?xf16>
 return %0 : tensor<?x?xf16>
}
func.func @f138(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf16>) -> tensor<?x?xf16> {
 %0 = linalg.matmul {cast=#linalg.type_fn<cast_unsigned>} ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf16>) -> tensor<?x?xf16>
 return %0 : tensor<?x?xf16>
}
func.func @f139(%a0: tensor<?x?xf64>, %a1: tensor<?x?xf64>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.matmul ins(%a0, %a1 : tensor<?x?xf64>, tensor<?x?xf64>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f140(%a0: tensor<?x?xf64>, %a1: tensor<?x?xf64>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.matmul {cast=#linalg.type_fn<cast_unsigned>} ins(%a0, %a1 : tensor<?x?xf64>, tensor<?x?xf64>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f141(%a0: tensor<?x?xi64>, %a1: tensor<?x?xi64>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.matmul ins(%a0, %a1 : tensor<?x?xi64>, tensor<?x?xi64>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f142(%a0: tensor<?x?xi64>, %a1: tensor<?x?xi64>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.matmul {cast=#linalg.type_fn<cast_unsigned>} ins(%a0, %a1 : tensor<?x?xi64>, tensor<?x?xi64>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f143(%a0: tensor<?x?xi8>, %a1: tensor<?x?xi8>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.matmul ins(%a0, %a1 : tensor<?x?xi8>, tensor<?x?xi8>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f144(%a0: tensor<?x?xi8>, %a1: tensor<?x?xi8>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.matmul {cast=#linalg.type_fn<cast_unsigned>} ins(%a0, %a1 : tensor<?x?xi8>, tensor<?x?xi8>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f145(%a0: tensor<?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
 %0 = linalg.batch_matmul ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
 return %0 : tensor<?x?x?xf32>
}
func.func @f146(%a0: tensor<?x?x?xi8>, %a1: tensor<?x?x?xi8>, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.batch_matmul ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?x?x?xi8>) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f147(%a0: tensor<?x?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.batch_reduce_matmul ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f148(%a0: tensor<?x?x?xi8>, %a1: tensor<?x?x?xi8>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.batch_reduce_matmul ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?x?x?xi8>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f149(%a0: tensor<?x?xf32>, %a1: tensor<?xf32>, %o: tensor<?xf32>) -> tensor<?xf32> {
 %0 = linalg.matvec ins(%a0, %a1 : tensor<?x?xf32>, tensor<?xf32>) outs(%o : tensor<?xf32>) -> tensor<?xf32>
 return %0 : tensor<?xf32>
}
func.func @f150(%a0: tensor<?x?xi8>, %a1: tensor<?xi8>, %o: tensor<?xi32>) -> tensor<?xi32> {
 %0 = linalg.matvec ins(%a0, %a1 : tensor<?x?xi8>, tensor<?xi8>) outs(%o : tensor<?xi32>) -> tensor<?xi32>
 return %0 : tensor<?xi32>
}
func.func @f151(%a0: tensor<?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?xf32>) -> tensor<?xf32> {
 %0 = linalg.vecmat ins(%a0, %a1 : tensor<?xf32>, tensor<?x?xf32>) outs(%o : tensor<?xf32>) -> tensor<?xf32>
 return %0 : tensor<?xf32>
}
func.func @f152(%a0: tensor<?xi8>, %a1: tensor<?x?xi8>, %o: tensor<?xi32>) -> tensor<?xi32> {
 %0 = linalg.vecmat ins(%a0, %a1 : tensor<?xi8>, tensor<?x?xi8>) outs(%o : tensor<?xi32>) -> tensor<?xi32>
 return %0 : tensor<?xi32>
}
func.func @f153(%a0: tensor<?x?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.batch_matvec ins(%a0, %a1 : tensor<?x?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f154(%a0: tensor<?x?x?xi8>, %a1: tensor<?x?xi8>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.batch_matvec ins(%a0, %a1 : tensor<?x?x?xi8>, tensor<?x?xi8>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f155(%a0: tensor<?x?xf32>, %a1: tensor<?x?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.batch_vecmat ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f156(%a0: tensor<?x?xi8>, %a1: tensor<?x?x?xi8>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.batch_vecmat ins(%a0, %a1 : tensor<?x?xi8>, tensor<?x?x?xi8>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f157(%a0: tensor<?xf32>, %a1: tensor<?xf32>, %o: tensor<f32>) -> tensor<f32> {
 %0 = linalg.dot ins(%a0, %a1 : tensor<?xf32>, tensor<?xf32>) outs(%o : tensor<f32>) -> tensor<f32>
 return %0 : tensor<f32>
}
func.func @f158(%a0: tensor<?xi8>, %a1: tensor<?xi8>, %o: tensor<i32>) -> tensor<i32> {
 %0 = linalg.dot ins(%a0, %a1 : tensor<?xi8>, tensor<?xi8>) outs(%o : tensor<i32>) -> tensor<i32>
 return %0 : tensor<i32>
}
func.func @f159(%a0: tensor<?x?x?x?xf32>, %a1: tensor<?x?x?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
 %0 = linalg.mmt4d ins(%a0, %a1 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
 return %0 : tensor<?x?x?x?xf32>
}
func.func @f160(%a0: tensor<?x?x?x?xi8>, %a1: tensor<?x?x?x?xi8>, %o: tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32> {
 %0 = linalg.mmt4d ins(%a0, %a1 : tensor<?x?x?x?xi8>, tensor<?x?x?x?xi8>) outs(%o : tensor<?x?x?x?xi32>) -> tensor<?x?x?x?xi32>
 return %0 : tensor<?x?x?x?xi32>
}
func.func @f161(%a0: tensor<?x?x?x?x?xf32>, %a1: tensor<?x?x?x?x?xf32>, %o: tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32> {
 %0 = linalg.batch_mmt4d ins(%a0, %a1 : tensor<?x?x?x?x?xf32>, tensor<?x?x?x?x?xf32>) outs(%o : tensor<?x?x?x?x?xf32>) -> tensor<?x?x?x?x?xf32>
 return %0 : tensor<?x?x?x?x?xf32>
}
func.func @f162(%a0: tensor<?x?x?x?x?xi8>, %a1: tensor<?x?x?x?x?xi8>, %o: tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32> {
 %0 = linalg.batch_mmt4d ins(%a0, %a1 : tensor<?x?x?x?x?xi8>, tensor<?x?x?x?x?xi8>) outs(%o : tensor<?x?x?x?x?xi32>) -> tensor<?x?x?x?x?xi32>
 return %0 : tensor<?x?x?x?x?xi32>
}
func.func @f163(%a0: tensor<?x?xi8>, %a1: tensor<?x?xi8>, %a2: i32, %a3: i32, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.quantized_matmul ins(%a0, %a1, %a2, %a3 : tensor<?x?xi8>, tensor<?x?xi8>, i32, i32) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f164(%a0: tensor<?x?x?xi8>, %a1: tensor<?x?x?xi8>, %a2: i32, %a3: i32, %o: tensor<?x?x?xi32>) -> tensor<?x?x?xi32> {
 %0 = linalg.quantized_batch_matmul ins(%a0, %a1, %a2, %a3 : tensor<?x?x?xi8>, tensor<?x?x?xi8>, i32, i32) outs(%o : tensor<?x?x?xi32>) -> tensor<?x?x?xi32>
 return %0 : tensor<?x?x?xi32>
}
func.func @f165(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.matmul indexing_maps=[affine_map<(d0,d1,d2)->(d2,d0)>,affine_map<(d0,d1,d2)->(d2,d1)>,affine_map<(d0,d1,d2)->(d0,d1)>] ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f166(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.contract indexing_maps=[affine_map<(d0,d1,d2)->(d2,d0)>,affine_map<(d0,d1,d2)->(d2,d1)>,affine_map<(d0,d1,d2)->(d0,d1)>] ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f167(%a0: tensor<?x?xi8>, %a1: tensor<?x?xi8>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.contract indexing_maps=[affine_map<(d0,d1,d2)->(d2,d0)>,affine_map<(d0,d1,d2)->(d2,d1)>,affine_map<(d0,d1,d2)->(d0,d1)>] {cast=#linalg.type_fn<cast_unsigned>} ins(%a0, %a1 : tensor<?x?xi8>, tensor<?x?xi8>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f168(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<exp> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f169(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<log> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f170(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<abs> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f171(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<ceil> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f172(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<floor> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f173(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<negf> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f174(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<reciprocal> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f175(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<round> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f176(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<rsqrt> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f177(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<sqrt> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f178(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<square> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f179(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<tanh> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f180(%a0: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<erf> ins(%a0 : tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f181(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<add> ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f182(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<sub> ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f183(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<mul> ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f184(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<div> ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f185(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<max_signed> ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f186(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<min_signed> ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f187(%a0: tensor<?x?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<powf> ins(%a0, %a1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f188(%a0: tensor<?x?xi32>, %a1: tensor<?x?xi32>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<div_unsigned> ins(%a0, %a1 : tensor<?x?xi32>, tensor<?x?xi32>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f189(%a0: tensor<?x?xi32>, %a1: tensor<?x?xi32>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<max_unsigned> ins(%a0, %a1 : tensor<?x?xi32>, tensor<?x?xi32>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f190(%a0: tensor<?x?xi32>, %a1: tensor<?x?xi32>, %o: tensor<?x?xi32>) -> tensor<?x?xi32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<min_unsigned> ins(%a0, %a1 : tensor<?x?xi32>, tensor<?x?xi32>) outs(%o : tensor<?x?xi32>) -> tensor<?x?xi32>
 return %0 : tensor<?x?xi32>
}
func.func @f191(%a0: tensor<?x?xi1>, %a1: tensor<?x?xf32>, %a2: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<select> ins(%a0, %a1, %a2 : tensor<?x?xi1>, tensor<?x?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
func.func @f192(%a0: tensor<?xf32>, %a1: tensor<?x?xf32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %0 = linalg.elementwise kind=#linalg.elementwise_kind<add> indexing_maps=[affine_map<(d0,d1)->(d1)>,affine_map<(d0,d1)->(d0,d1)>,affine_map<(d0,d1)->(d0,d1)>] ins(%a0, %a1 : tensor<?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) -> tensor<?x?xf32>
 return %0 : tensor<?x?xf32>
}
